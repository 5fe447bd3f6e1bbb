import java.io.FileInputStream;
import java.io.InputStream;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Validates a PDF against one flavour (ua1, 3a); prints each failed rule; exits 1 when it does not conform. */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean conforms = true;
        for (String code : arguments[0].split(",")) {
            for (int i = 1; i < arguments.length; i++) {
                conforms &= validate(PDFAFlavour.fromString(code), arguments[i]);
            }
        }
        System.exit(conforms ? 0 : 1);
    }

    private static boolean validate(PDFAFlavour flavour, String path) throws Exception {
        try (InputStream in = new FileInputStream(path);
             PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            TreeMap<String, String> failures = new TreeMap<>();
            for (TestAssertion one : result.getTestAssertions()) {
                if (one.getStatus() == TestAssertion.Status.FAILED) {
                    failures.putIfAbsent(one.getRuleId().toString(), one.getMessage() + " at " + one.getLocation().getContext());
                }
            }
            System.out.println(flavour + " " + path + " " + (result.isCompliant() ? "conforms" : "FAILS")
                + " assertions=" + result.getTotalAssertions());
            failures.forEach((rule, message) -> System.out.println("  " + rule + ": " + message));
            return result.isCompliant();
        }
    }
}
