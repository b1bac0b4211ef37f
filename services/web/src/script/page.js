// Leaves the page at once: by the link in the page's head, or by three presses of Shift. Pages work without this file.
"use strict";
(() => {
  const link = document.getElementById("leave");
  if (!link) return;
  const MAX_PAUSE_MS = 3000;
  const status = document.createElement("span");
  status.className = "sr";
  status.setAttribute("role", "status");
  link.after(status);

  // Takes the place of this page in the history of the tab. The page is empty while the next one loads.
  const leave = () => {
    document.title = "";
    document.documentElement.hidden = true;
    location.replace(link.href);
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  let presses = 0;
  let timer;
  const forget = () => {
    presses = 0;
    status.textContent = "";
    clearTimeout(timer);
  };
  addEventListener("keydown", (event) => {
    // A capital letter or Shift with Tab is no press of Shift alone.
    if (event.key !== "Shift" || event.repeat) return event.repeat || forget();
    clearTimeout(timer);
    presses += 1;
    if (presses === 3) return leave();
    status.textContent = presses === 1 ? link.dataset.two : link.dataset.one;
    timer = setTimeout(forget, MAX_PAUSE_MS);
  });
  addEventListener("pointerdown", forget);
})();
