// Keeps what is typed into a form while it is typed. Pages work without this file: each "Save" keeps it too.
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  const status = document.getElementById("draft");
  if (!form || !status) return;
  const PAUSE_MS = 1500;
  const RETRY_MS = 30000;
  // Browsers send no more than 64 KiB after a page has gone.
  const MAX_LAST = 60000;
  let timer;
  let kept = "";
  let sent = false;

  const save = async (isLast) => {
    clearTimeout(timer);
    const body = new URLSearchParams(new FormData(form)).toString();
    if (sent || body === kept || (isLast && body.length > MAX_LAST)) return;
    const before = kept;
    kept = body;
    let result = "failed";
    try {
      const response = await fetch(form.dataset.draft, {
        method: "POST",
        body: new URLSearchParams(body),
        keepalive: Boolean(isLast),
      });
      if (response.ok) result = "kept";
      if (response.status === 401 || response.status === 403) result = "out";
      if (response.status === 409) result = "other";
    } catch {
      // Without a connection the words stay on the page.
    }
    if (result === "failed") {
      kept = before;
      timer = setTimeout(save, RETRY_MS);
    }
    status.textContent = status.dataset[result];
  };

  form.addEventListener("input", () => {
    sent = false;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  // The form itself saves. An earlier copy must not arrive after it.
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
  });
  // A phone may end a page that is not on the screen without another event.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save(true);
  });
})();
