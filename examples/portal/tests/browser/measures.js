// What a ruler finds wrong on the page, as sentences. Run by the tests, never shipped.
//
// The portal is not asked for anything: no class names, no test ids. What counts is where things
// are drawn and what they say.
const faults = [];
const root = document.documentElement;
const width = root.clientWidth;

const words = (element) => (element.getAttribute("aria-label") || element.innerText || element.name
  || element.id || element.tagName).trim().replace(/\s+/g, " ").slice(0, 40);
const what = (element) => `${element.tagName.toLowerCase()} "${words(element)}"`;
const drawn = (element) => {
  const box = element.getBoundingClientRect();
  return element.checkVisibility({ visibilityProperty: true }) && box.width > 0 && box.height > 0;
};
const up = function* (element) {
  for (let at = element; at instanceof Element; at = at.parentElement) yield at;
};
// Text for a screen reader only is one pixel large or clipped away; it has no size to judge.
const onlyHeard = (element) => [...up(element)].some((at) => {
  const box = at.getBoundingClientRect();
  return box.width <= 1 || box.height <= 1 || getComputedStyle(at).clipPath === "inset(50%)";
});
// A link that waits above the page until it has the keyboard is not clipped.
const waitsForFocus = (element) => element.closest("a[href^='#']") && element.getBoundingClientRect().bottom <= 0;
const scrollsByItself = (element) => [...up(element)].some((at) =>
  at !== root && at !== document.body && /auto|scroll/.test(getComputedStyle(at).overflowX));

// The page as a document.
if (!root.lang) faults.push("the page does not say its language");
if ((root.lang.startsWith("ar")) !== (root.dir === "rtl")) faults.push(`lang=${root.lang} with dir=${root.dir}`);
if (!document.title.trim()) faults.push("the page has no title");
if (document.querySelectorAll("h1").length !== 1) faults.push("the page does not have one h1");
if (document.querySelectorAll("main").length !== 1) faults.push("the page does not have one main part");
for (const element of document.querySelectorAll("[style], style, script:not([src])")) {
  faults.push(`${what(element)} is inline, which the policy of the page forbids`);
}
for (const element of document.querySelectorAll("*")) {
  for (const { name } of element.attributes) if (name.startsWith("on")) faults.push(`${what(element)} has ${name}`);
  if (element.tabIndex > 0) faults.push(`${what(element)} jumps the queue of the keyboard`);
}

// Reflow: nothing wider than the window, nothing cut off.
if (root.scrollWidth > width) {
  const widest = [...document.body.querySelectorAll("*")].filter(drawn)
    .filter((element) => element.getBoundingClientRect().right > width + 1
      || element.getBoundingClientRect().left < -1);
  faults.push(`the page is ${root.scrollWidth} wide in a window of ${width}: ${what(widest.at(-1) || root)}`);
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text = texts.nextNode(); text; text = texts.nextNode()) {
  const parent = text.parentElement;
  if (!text.data.trim() || !drawn(parent) || onlyHeard(parent) || waitsForFocus(parent)) continue;
  const range = document.createRange();
  range.selectNodeContents(text);
  const box = range.getBoundingClientRect();
  if (!scrollsByItself(parent) && (box.left < -1 || box.right > width + 1)) {
    faults.push(`${what(parent)} is cut off at the edge of the window`);
  }
  const cut = [...up(parent)].find((at) => /hidden|clip/.test(getComputedStyle(at).overflowX)
    && (box.right > at.getBoundingClientRect().right + 1 || box.left < at.getBoundingClientRect().left - 1));
  if (cut) faults.push(`${what(parent)} is cut off by ${cut.tagName.toLowerCase()}.${cut.className}`);
}
for (const field of document.querySelectorAll("[autocomplete=one-time-code]")) {
  const before = field.value;
  field.value = "482 913";
  if (field.scrollWidth > field.clientWidth + 1) faults.push("the code field does not show a whole code");
  field.value = before;
}

// Targets: large enough for a thumb, the main act of a form more so.
const acts = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
for (const act of acts.filter(drawn)) {
  if (waitsForFocus(act) || onlyHeard(act)) continue;
  const inText = act.tagName === "A" && getComputedStyle(act).display === "inline"
    && act.parentElement.innerText.trim() !== act.innerText.trim();
  if (inText) continue;
  const boxes = [act, ...(/checkbox|radio/.test(act.type) ? act.labels : [])].map((at) => at.getBoundingClientRect());
  const high = Math.max(...boxes.map((box) => box.height));
  const wide = Math.max(...boxes.map((box) => box.width));
  if (high < 23.5 || wide < 23.5) faults.push(`${what(act)} is ${Math.round(wide)} by ${Math.round(high)}`);
  const sends = act.tagName === "BUTTON" && act.type === "submit" && act.closest("main");
  const filled = !/^rgba\(.*, 0\)$|^transparent$/.test(getComputedStyle(act).backgroundColor);
  if (sends && filled && high < 43.5) faults.push(`${what(act)} is the main act and ${Math.round(high)} high`);
}

// Lines that can be read without losing the way back. Text is laid out in lines by the nearest thing
// around it that is no part of a line itself; code and sources of mails are not read in lines.
const lines = new Map();
const inside = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text = inside.nextNode(); text; text = inside.nextNode()) {
  const parent = text.parentElement;
  if (!text.data.trim() || !drawn(parent) || onlyHeard(parent) || parent.closest("pre")) continue;
  const block = [...up(parent)].find((at) => !/^inline$|^contents$/.test(getComputedStyle(at).display));
  if (!lines.has(block)) lines.set(block, new Map());
  for (let at = 0; at < text.length; at += 1) {
    // A mark over a letter takes no room in the line.
    if (/\p{M}/u.test(text.data[at])) continue;
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    const box = range.getClientRects()[0];
    if (!box || box.width === 0) continue;
    // Letters of one line differ a little in height when one of them is bold.
    const line = Math.round(box.bottom / 8);
    lines.get(block).set(line, (lines.get(block).get(line) || 0) + 1);
  }
}
for (const [block, counts] of lines) {
  const longest = Math.max(0, ...counts.values());
  if (longest > 75) faults.push(`${what(block)} has ${longest} characters in a line`);
}

// Fields: what a browser and a phone have to know to help.
for (const field of document.querySelectorAll("input:not([type=hidden]), textarea")) {
  const says = (name) => field.getAttribute(name);
  if (says("autocomplete") === "one-time-code") {
    const wanted = { inputmode: "numeric", dir: "ltr", spellcheck: "false", maxlength: null };
    for (const [name, value] of Object.entries(wanted)) {
      if (says(name) !== value) faults.push(`the code field has ${name}=${says(name)}, not ${value}`);
    }
    if (field.type !== "text") faults.push(`the code field is of type ${field.type}`);
    if (field.value) faults.push("the code field comes filled in");
  }
  if (field.type === "password") {
    if (!/^(current|new)-password$/.test(says("autocomplete"))) faults.push(`${what(field)} is a password of no kind`);
    if (field.getAttribute("value")) faults.push(`${what(field)} comes filled in`);
  }
  // "off" is right for the address of somebody else.
  if (field.type === "email" && !/^(email|username|off)$/.test(says("autocomplete"))) faults.push(`${what(field)} does not say whose address it wants`);
}
for (const form of document.querySelectorAll("form")) {
  // A bubble of the browser speaks another language, and says nothing that stays.
  const checked = "[required]:not([type=file]), [pattern], [type=email], [type=number], [type=date], [type=url]";
  if (form.querySelector(checked) && !form.noValidate) faults.push(`${what(form)} leaves errors to the browser`);
  if (/post/i.test(form.method) && form.action && new URL(form.action).origin !== location.origin) {
    faults.push(`${what(form)} sends to ${form.action}`);
  }
}

// A way on: no page is a dead end.
const main = document.querySelector("main");
if (main && !main.querySelector("a[href], button, select")) faults.push("the page has no next step");

return [...new Set(faults)];
