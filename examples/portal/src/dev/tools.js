// What the tools do a little better with script: a ring that runs down by itself, and a list that is
// never older than the last look at it.
(() => {
  "use strict";

  // Nothing is taken from somebody who is typing or choosing.
  const isIdle = () => !document.activeElement || document.activeElement.closest("form") === null;

  const rings = [...document.querySelectorAll("[data-left]")].map((ring) => ({
    left: Number(ring.dataset.left),
    number: ring.querySelector(".number"),
    rest: ring.querySelector(".rest"),
  }));

  const tick = () => {
    for (const ring of rings) {
      ring.left = Math.max(0, ring.left - 1);
      ring.number.textContent = String(ring.left);
      const period = ring.rest.getAttribute("pathLength");
      ring.rest.setAttribute("stroke-dasharray", `${ring.left} ${period}`);
    }
    if (rings.some((ring) => ring.left === 0) && isIdle()) location.reload();
  };
  if (rings.length > 0) setInterval(tick, 1000);

  // Whoever comes back to a tool wants to see what has happened meanwhile.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && isIdle()) location.reload();
  });
})();
