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
  const copies = (root) => {
    for (const button of root.querySelectorAll("[data-copy]")) {
      const source = document.getElementById(button.dataset.copy);
      const said = document.getElementById(button.dataset.said);
      if (!source || !navigator.clipboard) continue;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(source.textContent.replace(/\s/g, ""));
        if (said) said.textContent = button.dataset.done;
      });
    }
  };
  copies(document);

  // Print this page.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A sentence that follows a choice, a moment after the last change. Without script it stands on
  // the page after this one.
  const follow = (root) => {
    for (const form of root.querySelectorAll("form[data-live]")) {
      const live = form.querySelector("[aria-live]");
      const fields = form.dataset.liveFields.split(" ");
      let waiting = 0;
      form.addEventListener("input", (event) => {
        if (!live || !fields.includes(event.target.name)) return;
        clearTimeout(waiting);
        waiting = setTimeout(async () => {
          const typed = new FormData(form);
          const asked = new URLSearchParams();
          for (const name of fields) if (typed.has(name)) asked.set(name, typed.get(name));
          const answer = await fetch(`${form.dataset.live}?${asked}`).catch(() => null);
          if (answer && answer.ok && !answer.redirected) live.innerHTML = await answer.text();
        }, 250);
      });
    }
  };
  follow(document);

  // A form opens over the page that leads to it; on a narrow screen it stays a page of its own.
  const open = async (link) => {
    const answer = await fetch(link.href).catch(() => null);
    if (!answer) return location.assign(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const sheet = page.getElementById("sheet");
    if (!answer.ok || answer.redirected || !sheet) return location.assign(link.href);
    const dialog = document.createElement("dialog");
    const title = document.createElement("h2");
    title.id = "dialog-title";
    title.textContent = sheet.dataset.title;
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.append(title, document.adoptNode(sheet));
    document.body.append(dialog);
    follow(dialog);
    copies(dialog);
    let changed = false;
    const leave = () => !changed || confirm(link.dataset.discard);
    dialog.addEventListener("input", () => { changed = true; });
    // Escape asks once, as Cancel does; the browser gives the focus back to the link.
    dialog.addEventListener("cancel", (event) => { if (!leave()) event.preventDefault(); });
    dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
    dialog.addEventListener("click", (event) => {
      if (!event.target.closest("[data-close]")) return;
      event.preventDefault();
      if (leave()) dialog.close();
    });
    dialog.showModal();
    const first = dialog.querySelector("input:not([type=hidden])");
    if (first) first.focus();
  };
  for (const link of document.querySelectorAll("a[data-dialog]")) {
    link.addEventListener("click", (event) => {
      const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
      if (!plain || innerWidth < 600 || !window.HTMLDialogElement) return;
      event.preventDefault();
      open(link);
    });
  }
})();
