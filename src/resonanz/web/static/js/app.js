// Starts the shell's small modules. Pages load their own module with {% block head %}.
import "./menus.js";
import "./dialogs.js";
import "./palette.js";
import "./messages.js";
import "./times.js";
import "./theme-switch.js";
import "./forms.js";
