// Search in the reader's own browser. Without it the page shows all words and all parts; with it, a form as well.
"use strict";
(() => {
  const here = document.currentScript.src;
  const form = document.getElementById("search-form");
  const field = document.getElementById("search-words");
  const status = document.getElementById("search-status");
  const results = document.getElementById("search-results");
  const MOST = 40; // results shown
  const AROUND = 90; // characters of a text on each side of a word found
  let parts = null;

  // One letter stays one letter, so that a place in the folded text is the same place in the text.
  const fold = (text) =>
    Array.from(text, (letter) => {
      const plain = letter.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
      return plain.length === letter.length ? plain : letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter;
    }).join("");

  const wordsOf = (text) => fold(text).split(/[^\p{L}\p{N}.,'’-]+/u).map((word) => word.replace(/^[.,'’-]+|[.,'’-]+$/g, "")).filter(Boolean);

  const startsOf = (folded, word) => {
    const places = [];
    for (let at = folded.indexOf(word); at >= 0 && places.length < 50; at = folded.indexOf(word, at + word.length)) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(folded[at - 1])) places.push(at);
    }
    return places;
  };

  const found = (wanted) => {
    const hits = [];
    for (const part of parts) {
      let score = 0;
      const places = [];
      const every = wanted.every((word) => {
        const inHeading = startsOf(part.foldedHeading, word).length;
        const inText = startsOf(part.folded, word);
        places.push(...inText.map((at) => [at, word.length]));
        score += 10 * inHeading + inText.length;
        return inHeading || inText.length;
      });
      if (every) hits.push({ part, score, places: places.sort((a, b) => a[0] - b[0]) });
    }
    return hits.sort((a, b) => b.score - a.score);
  };

  // Words become text nodes, never markup.
  const excerpt = (part, places) => {
    const line = document.createElement("p");
    if (!places.length) return line; // it stands in the heading alone
    let start = Math.max(0, places[0][0] - AROUND);
    if (start) start = part.text.indexOf(" ", start) + 1;
    let end = Math.min(part.text.length, places[0][0] + 2 * AROUND);
    if (end < part.text.length) end = Math.max(part.text.lastIndexOf(" ", end), places[0][0] + places[0][1]);
    let at = start;
    if (start) line.append("… ");
    for (const [place, length] of places) {
      if (place < at || place + length > end) continue;
      line.append(part.text.slice(at, place));
      const mark = document.createElement("mark");
      mark.textContent = part.text.slice(place, place + length);
      line.append(mark);
      at = place + length;
    }
    line.append(part.text.slice(at, end), end < part.text.length ? " …" : "");
    return line;
  };

  const show = (query) => {
    results.replaceChildren();
    const wanted = wordsOf(query);
    document.title = document.title.replace(/^(.*: )?Search/, wanted.length ? `${query}: Search` : "Search");
    if (!wanted.length) {
      status.textContent = query ? `There is nothing to look for in “${query}”` : "";
      return;
    }
    const hits = found(wanted);
    const count = hits.length === 1 ? "1 part" : `${hits.length} parts`;
    status.textContent = hits.length ? `${count} with “${query}”${hits.length > MOST ? `; the first ${MOST} are shown` : ""}` : `Nothing has “${query}”`;
    for (const { part, places } of hits.slice(0, MOST)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = new URL(`../${part.path}`, here).href;
      link.textContent = part.heading;
      const of = document.createElement("p");
      of.className = "facts";
      of.textContent = part.of;
      item.append(link, of, excerpt(part, places));
      results.append(item);
    }
  };

  const load = async () => {
    const answer = await fetch(new URL("texts.json", here));
    if (!answer.ok) throw new Error(answer.statusText);
    parts = (await answer.json()).map((part) => ({ ...part, folded: fold(part.text), foldedHeading: fold(part.heading) }));
  };

  const search = async () => {
    const query = field.value.trim().slice(0, 200);
    try {
      if (!parts) {
        status.textContent = "Loading …";
        await load();
      }
      show(query);
    } catch {
      status.textContent = "The texts could not be loaded; all words are listed below.";
    }
  };

  form.hidden = false;
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  if (field.value) search();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = new URL(location.href);
    address.search = field.value.trim() ? `?${new URLSearchParams({ q: field.value.trim() })}` : "";
    address.hash = "";
    history.replaceState(null, "", address);
    search();
  });
})();
