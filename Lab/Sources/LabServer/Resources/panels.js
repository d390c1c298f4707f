'use strict';
// Panels that are moved, hidden and remembered by the browser; nothing here knows what is in them.
const Panels = (() => {
  const main = document.querySelector('main'), all = [...main.querySelectorAll('section')];
  const key = 'undertow-panels';
  const read = () => { try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; } };
  const write = () => {
    const order = [...main.querySelectorAll('section')].map(s => s.dataset.panel), hidden = all.filter(s => s.hidden).map(s => s.dataset.panel);
    try { localStorage.setItem(key, JSON.stringify({ order, hidden })); } catch { /* a browser that remembers nothing */ }
  };
  const button = (text, title, act) => { const b = document.createElement('button'); b.textContent = text; b.title = title; b.setAttribute('aria-label', title); b.onclick = act; return b; };
  const changed = () => { write(); list(); window.dispatchEvent(new Event('resize')); };
  function move(section, by) {
    const shown = [...main.querySelectorAll('section')].filter(s => !s.hidden), at = shown.indexOf(section), other = shown[at + by];
    if (!other) return;
    main.insertBefore(section, by < 0 ? other : other.nextSibling); changed();
  }
  function list() {
    document.getElementById('panellist').replaceChildren(...all.map(s => {
      const label = document.createElement('label'), box = document.createElement('input'); box.type = 'checkbox'; box.checked = !s.hidden;
      box.onchange = () => { s.hidden = !box.checked; changed(); };
      label.append(box, ' ' + s.dataset.panel); return label;
    }), button('As at first', 'all panels in their first order', () => { for (const s of all) { s.hidden = false; main.append(s); } changed(); }));
  }
  for (const section of all) {
    const title = document.createElement('h2'); title.textContent = section.dataset.panel;
    const tools = document.createElement('span'); tools.className = 'tools';
    tools.append(button('‹', `${section.dataset.panel}: earlier`, () => move(section, -1)), button('›', `${section.dataset.panel}: later`, () => move(section, 1)), button('×', `hide ${section.dataset.panel}`, () => { section.hidden = true; changed(); }));
    title.append(tools); section.prepend(title);
  }
  const kept = read();
  for (const name of kept.order || []) { const s = all.find(s => s.dataset.panel === name); if (s) main.append(s); }
  for (const name of kept.hidden || []) { const s = all.find(s => s.dataset.panel === name); if (s) s.hidden = true; }
  list();
  return { isShown: id => { const s = document.getElementById(id).closest('section'); return !s.hidden; } };
})();
