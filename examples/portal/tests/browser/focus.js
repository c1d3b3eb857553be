// Gives the keyboard to each thing in turn and says where one would lose sight of it.
const faults = [];
const before = document.activeElement;
// What has the keyboard already would not be scrolled to.
before?.blur();
const acts = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
const modal = document.querySelector("dialog:modal");
for (const act of acts) {
  if (act.disabled || act.tabIndex < 0 || !act.checkVisibility({ visibilityProperty: true })) continue;
  if (modal && !modal.contains(act)) continue;
  act.focus({ focusVisible: true });
  if (document.activeElement !== act) continue;
  const name = `${act.tagName.toLowerCase()} "${(act.innerText || act.name || act.id).trim().slice(0, 40)}"`;
  const style = getComputedStyle(act);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  if (!ring) faults.push(`${name} shows no ring when it has the keyboard`);
  const box = act.getBoundingClientRect();
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) {
    faults.push(`${name} has the keyboard outside of the window`);
    continue;
  }
  // The middle of what is in the window, since a tall thing may reach out of it.
  const x = (Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2;
  const y = (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2;
  const top = document.elementFromPoint(x, y);
  const own = top && (act.contains(top) || top.contains(act) || [...(act.labels || [])].some((l) => l.contains(top)));
  if (!own) faults.push(`${name} has the keyboard under ${top ? top.tagName.toLowerCase() : "nothing"}`);
}
(before && before !== document.body ? before : document.body).focus({ preventScroll: true });
scrollTo(0, 0);
return faults;
