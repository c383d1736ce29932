// The day on which a reader looked, in the citations of a page: `data-accessed` is the gap in a sentence that it fills,
// or empty for BibTeX, RIS and CSL-JSON, where it is a field that is added. With `data-accessed-bare` the day has no
// brackets.

export function fillAccessed(elements, day = today()) {
  for (const element of elements) {
    const { accessed: gap, accessedBare: bare, copyText: copied } = element.dataset;
    const filling = gap && bare === undefined ? `[${day}]` : day;
    if (copied !== undefined) element.dataset.copyText = dated(copied, gap, filling);
    else for (const text of texts(element)) text.data = dated(text.data, gap, filling);
  }
}

/** A citation with the day, in the place of the gap where there is one. */
export function dated(text, gap, day) {
  if (gap) return text.replaceAll(gap, () => day);
  if (text.startsWith("@")) return text.replace(/^( *)url = .*\n/m, (line, indent) => `${line}${indent}urldate = {${day}},\n`);
  if (/^TY {2}- /.test(text)) return text.replace(/(\r?\n)ER {2}-/, (end, line) => `${line}Y2  - ${day.replaceAll("-", "/")}/${end}`);
  if (!text.startsWith("[")) return text;
  const parts = day.split("-").map(Number);
  const items = JSON.parse(text).map((item) => ({ ...item, accessed: { "date-parts": [parts] } }));
  return JSON.stringify(items, null, text.includes("\n") ? 2 : 0);
}

function today() {
  const now = new Date();
  const parts = [now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0"));
  return [now.getFullYear(), ...parts].join("-");
}

function* texts(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) yield walker.currentNode;
}
