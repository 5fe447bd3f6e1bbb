import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Reads lines of a flavour (ua1, 3a) and a PDF's path; prints each failed rule, and whether the file conforms. */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = asked.readLine(); line != null; line = asked.readLine()) {
            String[] parts = line.split(" ", 2);
            System.out.println(conforms(PDFAFlavour.fromString(parts[0]), parts[1]) ? "CONFORMS" : "FAILS");
        }
    }

    private static boolean conforms(PDFAFlavour flavour, String path) {
        try {
            return validate(flavour, path);
        } catch (Exception unreadable) {
            unreadable.printStackTrace(System.out);
            return false;
        }
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
            System.out.println(flavour + " " + path + " assertions=" + result.getTotalAssertions());
            failures.forEach((rule, message) -> System.out.println("  " + rule + ": " + message));
            return result.isCompliant();
        }
    }
}
