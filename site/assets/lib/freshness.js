// Whether a dataset is overdue depends on the day that it is read, so pages hold the day that the next release is due.

/** Badges with `data-due` (a day) and `data-overdue` (what to say after it). */
export function markOverdue(badges, now = new Date()) {
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  for (const badge of badges) {
    if (today <= badge.dataset.due) continue;
    badge.textContent = badge.dataset.overdue;
    badge.classList.replace("badge--good", "badge--warn");
  }
}
