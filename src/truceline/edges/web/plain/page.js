// What every page does: remember the colours that were chosen, for the next page.
"use strict";
for (const one of document.querySelectorAll('input[name="theme"]')) {
  one.addEventListener("change", () => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `truceline_theme=${one.value}; Path=/; Max-Age=31536000; SameSite=Strict${secure}`;
    document.dispatchEvent(new CustomEvent("theme"));
  });
}
