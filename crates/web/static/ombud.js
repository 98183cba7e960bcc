// Ombud's one script. Every page and every action works without it; it only saves steps.
// It never builds markup from text: textContent and attributes only, so Trusted Types hold.
"use strict";
(() => {
  const root = document.documentElement;

  // Relative times: <time datetime="2026-12-09T14:00:00Z" data-relative>in 17 d 3 h</time>.
  // The sentence around the span comes from <html data-in="in {0}" data-ago="{0} ago">.
  const span = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    if (days >= 30) return `${days} d`;
    if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
    if (hours > 0) return minutes % 60 > 0 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    return `${minutes} min`;
  };
  const refreshTimes = () => {
    for (const time of document.querySelectorAll("time[data-relative]")) {
      const at = Date.parse(time.dateTime);
      if (Number.isNaN(at)) continue;
      const seconds = (at - Date.now()) / 1000;
      const pattern = seconds >= 0 ? root.dataset.in : root.dataset.ago;
      if (!pattern) continue;
      const text = pattern.replace("{0}", span(Math.abs(seconds)));
      if (time.textContent !== text) time.textContent = text;
    }
  };
  refreshTimes();
  setInterval(refreshTimes, 30_000);
  document.addEventListener("visibilitychange", refreshTimes);

  // Say something to those who listen rather than look.
  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };

  // Copy: <button hidden data-copy="id-of-the-text" data-copied="Copied">Copy</button>.
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) continue;
    button.hidden = false;
    const label = button.lastChild;
    const before = label.textContent;
    button.addEventListener("click", async () => {
      const text = source.value ?? source.textContent.trim().replace(/\s+/g, " ");
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const range = document.createRange();
        range.selectNodeContents(source);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        return;
      }
      label.textContent = button.dataset.copied;
      say(button.dataset.copied);
      setTimeout(() => { label.textContent = before; }, 2500);
    });
  }

  // <button hidden data-print>: the browser's own print dialogue.
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // Typed text is not lost by a slip: <form data-guard> asks before the page is left.
  const changed = new Set();
  for (const form of document.querySelectorAll("form[data-guard]")) {
    form.addEventListener("input", () => changed.add(form));
    form.addEventListener("submit", () => changed.delete(form));
  }
  addEventListener("beforeunload", (event) => {
    if (changed.size > 0) event.preventDefault();
  });

  // A second click sends nothing twice. The server holds the same promise; this only spares the error.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // <input type="checkbox" data-pick-all> picks every row of its form; .picked tells how many.
  for (const form of document.querySelectorAll("form:has([data-pick-all])")) {
    const all = form.querySelector("[data-pick-all]");
    const rows = [...form.querySelectorAll("tbody .pick input")];
    const shown = form.querySelector("[data-picked]");
    const tell = () => {
      const n = rows.filter((row) => row.checked).length;
      all.checked = n > 0 && n === rows.length;
      all.indeterminate = n > 0 && n < rows.length;
      if (shown) shown.textContent = String(n);
    };
    all.closest("label").hidden = false;
    all.addEventListener("change", () => { for (const row of rows) row.checked = all.checked; tell(); });
    form.addEventListener("change", tell);
    tell();
  }

  // Keys, for those who left them on (<body data-keys>): "/" search, "g" then a letter
  // follows the link with data-go="letter", "j" and "k" walk the rows, "x" picks one. Never while typing, never with a modifier.
  let leader = 0;
  document.addEventListener("keydown", (event) => {
    if (!("keys" in document.body.dataset) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (Date.now() - leader < 1500 && /^[a-z]$/.test(event.key)) {
      leader = 0;
      document.querySelector(`a[data-go="${event.key}"]`)?.click();
      return;
    }
    leader = event.key === "g" ? Date.now() : 0;
    const links = [...document.querySelectorAll("table tbody th a")];
    const row = links.indexOf(document.activeElement);
    if (event.key === "j") links[Math.min(row + 1, links.length - 1)]?.focus();
    if (event.key === "k") links[Math.max(row - 1, 0)]?.focus();
    if (event.key === "x") links[row]?.closest("tr").querySelector(".pick input")?.click();
    if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); }
    } else if (event.key === "?") {
      document.querySelector("a[data-help]")?.click();
    }
  });
})();
