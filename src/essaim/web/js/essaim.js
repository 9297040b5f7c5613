// What Essaim adds to pages that already work without it. Hooks are data-essaim-* attributes.
globalThis.htmx = htmx;

// A form sent twice is sent once: data-essaim-once on the form. Heard on the way down, before htmx.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-essaim-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
}, true);

function release(root) {
  for (const form of root.querySelectorAll("[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
}
// The back button brings the page back as it was left: let its forms be sent again.
addEventListener("pageshow", (event) => event.persisted && release(document));
document.addEventListener("htmx:finally:request", () => release(document));

// Filters apply as soon as they change: data-essaim-auto on the form, whose own button then hides.
document.addEventListener("change", (event) => {
  event.target.closest("form[data-essaim-auto]")?.requestSubmit();
});

// Quantity: the two buttons of a stepper.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-essaim-stepper] button");
  if (button) {
    const input = button.parentElement.querySelector("input");
    const before = input.value;
    if (button.dataset.step === "1") input.stepUp();
    else input.stepDown();
    if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (event.target.closest("[data-essaim-print]")) print();
});

// A reservation runs out: <time data-essaim-countdown="seconds left when the page was made">.
// The page's own start is the origin, so a wrong clock at home changes nothing.
function tick() {
  for (const clock of document.querySelectorAll("[data-essaim-countdown]")) {
    clock.dataset.until ||= Date.now() + Number(clock.dataset.essaimCountdown) * 1000;
    const left = Math.ceil((Number(clock.dataset.until) - Date.now()) / 1000);
    if (left > 0) {
      clock.dataset.left = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      continue;
    }
    delete clock.dataset.left;
    clock.removeAttribute("data-essaim-countdown");
    const notice = document.getElementById(clock.dataset.essaimOver ?? "");
    if (notice) notice.hidden = false;
  }
}

// Show what only makes sense where scripts run, here and in what htmx brings later.
function enhance(root) {
  root.querySelectorAll("[data-essaim-stepper] button, [data-essaim-print]").forEach((button) => {
    button.hidden = false;
  });
  root.querySelectorAll("[data-essaim-auto] [data-essaim-fallback]").forEach((button) => {
    button.hidden = true;
  });
  tick();
}
enhance(document);
document.addEventListener("htmx:after:settle", () => enhance(document));
document.addEventListener("htmx:after:swap", () => enhance(document));
setInterval(tick, 1000);

// A message box of errors is read out first, also when htmx brought it.
document.addEventListener("htmx:after:swap", () => document.querySelector(".error-summary")?.focus());

// Coming from a list of errors, the field itself takes the focus, not only the scroll.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.matches("fieldset") ? field.querySelector("input") : field).focus();
});

// Something changed elsewhere: the part is asked for again. data-essaim-live is where to listen.
for (const part of document.querySelectorAll("[data-essaim-live]")) {
  const news = new EventSource(part.dataset.essaimLive);
  news.onmessage = () => htmx.trigger(part, "essaim:changed");
}
