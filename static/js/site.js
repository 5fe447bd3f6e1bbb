// What pages do a little better with scripts. Each module looks for its own data- attribute and
// stands alone: no imports, no exports, so that `collectstatic` can join them (alliance/core/assets.py).
import "./focus.js";
import "./guard.js";
import "./autosave.js";
import "./countdown.js";
import "./words.js";
import "./passkeys.js";
import "./once.js";
import "./menus.js";
