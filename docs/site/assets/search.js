// The site's search: loads the index on the first key, shows the best ten. Without JavaScript the box stays hidden.
const box = document.querySelector('.search');
const input = document.querySelector('#search');
const found = document.querySelector('#found');
const root = document.body.dataset.root;
let index;

/** Points for an entry: every word has to be found; titles count most, and an id that is typed whole most of all. */
function score(entry, words, query) {
  const title = entry.title.toLowerCase();
  const text = entry.text.toLowerCase();
  let points = title.startsWith(query) ? 100 : 0;
  for (const word of words) {
    if (title.includes(word)) points += 10;
    else if (text.includes(word)) points += 1;
    else return 0;
  }
  return points;
}

function show(entries) {
  found.replaceChildren(
    ...entries.map(({ url, title, in: document_, text }) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = root + url;
      link.textContent = title;
      const place = document.createElement('small');
      place.textContent = `${document_} · ${text.slice(0, 90)}`;
      item.append(link, place);
      return item;
    }),
  );
  found.hidden = false;
  if (entries.length === 0) found.textContent = 'Nothing found.';
}

async function search() {
  const query = input.value.trim().toLowerCase();
  if (query.length < 2) {
    found.hidden = true;
    return;
  }
  index ??= fetch(`${root}assets/search.json`).then((answer) => answer.json());
  const words = query.split(/\s+/);
  const scored = (await index).map((entry) => [score(entry, words, query), entry]).filter(([points]) => points > 0);
  if (input.value.trim().toLowerCase() === query) {
    show(
      scored
        .sort(([a], [b]) => b - a)
        .slice(0, 10)
        .map(([, entry]) => entry),
    );
  }
}

box.hidden = false;
input.addEventListener('input', () => void search());
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== input) {
    event.preventDefault();
    input.focus();
  } else if (event.key === 'Escape') {
    found.hidden = true;
  }
});

// On a wide screen the contents stand open.
const contents = document.querySelector('nav.site details');
if (matchMedia('(min-width: 62rem)').matches) contents.open = true;
