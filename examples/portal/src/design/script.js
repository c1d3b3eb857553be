// Shortens ways. Every page works without it, and nothing here decides anything.
(() => {
  "use strict";

  // A form is sent once: a second press before the answer is ignored.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button && button.dataset.working) {
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.working;
    }
  });
  // Back shows the page as it was, ready to be used again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // What went wrong is read first; on the page of a code the old digits are selected.
  const problem = document.getElementById("problem");
  if (problem) problem.focus();

  // Show and hide a password; the focus stays where it is.
  for (const button of document.querySelectorAll("[data-reveal]")) {
    const field = document.getElementById(button.dataset.reveal);
    if (!field) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
    });
  }

  // Copy a text without its spaces, and say so.
  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    const said = document.getElementById(button.dataset.said);
    if (!source || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.textContent.replace(/\s/g, ""));
      if (said) said.textContent = button.dataset.done;
    });
  }

  // Print this page.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
