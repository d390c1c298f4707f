'use strict';
// The page asks nothing but the interface of /openapi.yaml. Everything from outside is put in as text, never as HTML.
const $ = id => document.getElementById(id);
const colors = ['#e0a93b', '#5aa9e6', '#3fb98c', '#ef6f6c', '#b48ead', '#8fbcbb', '#d08770', '#a3be8c'];
const runs = new Map();           // id -> { info, frame, minutes }
let on = null, keys = [], pending = [], dirty = true, scrubbing = false, asking = false;

const say = text => { $('say').textContent = text; };
async function ask(path, body, method) {
  const answer = await fetch(path, body === undefined && !method ? {} : { method: method || 'POST', headers: { 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 401) { const token = prompt('Token of this lab'); if (token && (await fetch('/api/session', { method: 'POST', body: JSON.stringify({ token }) })).ok) return ask(path, body, method); }
  const value = await answer.json().catch(() => ({ error: answer.statusText }));
  if (!answer.ok) throw new Error(value.error || answer.statusText);
  return value;
}
const trying = work => async event => { if (event && event.preventDefault) event.preventDefault(); try { say(''); await work(event); } catch (error) { say(error.message); } };
const present = () => runs.get(on);
const clock = s => new Date(s * 1000).toISOString().replace('.000Z', 'Z');
const cell = (row, text, kind = 'td', name = '') => { const c = document.createElement(kind); c.textContent = text; if (name) c.className = name; row.append(c); return c; };
const color = id => colors[[...runs.keys()].indexOf(id) % colors.length];

async function load() {
  for (const shown of await ask('/api/runs')) await take(shown);
  for (const id of [...runs.keys()]) if (!(await ask('/api/runs')).some(r => r.info.id === id)) runs.delete(id);
  if (!runs.has(on)) on = [...runs.keys()].pop() ?? null;
  const wanted = Number(new URLSearchParams(location.hash.slice(1)).get('run'));
  if (wanted && runs.has(wanted)) on = wanted;
  choose(on);
}
async function take(shown) {
  const old = runs.get(shown.info.id);
  runs.set(shown.info.id, { info: shown.info, frame: shown.frame, minutes: old ? old.minutes : [] });
  await more(shown.info.id);
}
async function more(id) {
  const run = runs.get(id); if (!run) return;
  if (run.asking) { run.again = true; return; }
  run.asking = true;
  try {
    const last = run.minutes.length ? run.minutes[run.minutes.length - 1].seconds + 1 : -1;
    for (const m of await ask(`/api/runs/${id}/minutes?from=${last}`)) if (!run.minutes.length || m.seconds > run.minutes[run.minutes.length - 1].seconds) run.minutes.push(m);
  } finally { run.asking = false; dirty = true; if (run.again) { run.again = false; more(id); } }
}
function choose(id) {
  on = id; dirty = true;
  const run = present(); if (!run) { list(); return; }
  history.replaceState(null, '', '#run=' + id);
  $('command').textContent = run.info.command;
  $('csv').href = `/api/runs/${id}/minutes.csv`; $('hash').textContent = '';
  fill($('book'), run.info.books.map(b => [b.id, `${b.asset} ${b.venue}${b.is_spot ? ' spot' : ''}`]));
  fill($('asset'), [...new Set(run.info.books.filter(b => !b.is_spot).map(b => b.asset))].map(a => [a, a]));
  fill(document.forms.account.venue, run.info.venues.map(v => [v, v]));
  list(); look();
}
function fill(select, options) {
  const old = select.value; select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (options.some(o => String(o[0]) === old)) select.value = old;
}
function list() {
  $('list').replaceChildren(...[...runs.values()].map(run => {
    const li = document.createElement('li'); li.tabIndex = 0; if (run.info.id === on) li.className = 'on';
    const mark = document.createElement('i'); mark.style.background = color(run.info.id);
    const name = document.createElement('span'); name.textContent = run.info.name + (run.info.parent ? ` from ${runs.get(run.info.parent.run)?.info.name ?? 'deleted'} at ${run.info.parent.time.slice(11, 19)}` : '');
    const changes = document.createElement('span'); changes.className = 'dim'; changes.textContent = run.info.changes.map(c => c.slice(21)).join('; ');
    const close = document.createElement('button'); close.className = 'x'; close.textContent = 'delete';
    close.onclick = trying(async event => { event.stopPropagation(); await ask(`/api/runs/${run.info.id}`, undefined, 'DELETE'); runs.delete(run.info.id); await load(); });
    li.append(mark, name, changes, close); li.onclick = () => choose(run.info.id); li.onkeydown = e => { if (e.key === 'Enter') choose(run.info.id); };
    return li;
  }));
}
const pick = (f, minutes) => minutes.map(m => [m.seconds + 60, f(m)]);
function charts() {
  const run = present(); if (!run) return;
  const all = [...runs.values()];
  const first = Math.min(...all.map(r => r.info.start)), last = Math.max(first + 600, ...all.map(r => r.frame.seconds));
  const lines = (f, bars) => all.map(r => ({ color: color(r.info.id), bars: bars && r.info.id === on, points: pick(f, r.minutes.filter(m => m.seconds + 60 <= r.frame.seconds)) }));
  $('pricename').textContent = `Index of ${run.info.majors[0]}, USD`;
  Charts.draw($('price'), lines(m => m.prices[0]), first, last, { now: run.frame.seconds });
  Charts.draw($('liquidated'), lines(m => m.liquidated_long_usd + m.liquidated_short_usd, true), first, last, { zero: true, now: run.frame.seconds });
  Charts.draw($('interest'), lines(m => m.open_interest_usd), first, last, { now: run.frame.seconds });
  Charts.draw($('depth'), lines(m => m.depth_usd), first, last, { zero: true, now: run.frame.seconds });
}
function tables() {
  const run = present(); if (!run) return;
  const head = (table, names) => { const row = document.createElement('tr'); names.forEach(n => cell(row, n, 'th')); const h = document.createElement('thead'); h.append(row); const b = document.createElement('tbody'); table.replaceChildren(h, b); return b; };
  const sum = (r, k) => r.frame.venues.reduce((s, v) => s + v[k], 0);
  let body = head($('sides'), ['run', 'time', ...run.info.majors, 'liquidated', 'in the books', 'deleveraged', 'funds paid', 'bad debt', 'accounts', 'deleveraged']);
  for (const r of runs.values()) {
    const row = document.createElement('tr'); const name = cell(row, r.info.name); name.style.color = color(r.info.id);
    cell(row, r.frame.time.slice(11, 19));
    r.frame.prices.forEach((p, i) => { const from = r.minutes.length ? r.minutes[0].prices[i] : p; cell(row, ((p / from - 1) * 100).toFixed(2) + ' %'); });
    for (const k of ['liquidated_usd', 'filled_in_books_usd', 'deleveraged_usd', 'fund_paid_usd', 'bad_debt_usd']) cell(row, Charts.short(sum(r, k)));
    cell(row, sum(r, 'accounts_liquidated').toLocaleString('en')); cell(row, sum(r, 'accounts_deleveraged').toLocaleString('en'));
    body.append(row);
  }
  body = head($('venues'), ['venue', 'liquidated', 'feeds show', 'in the books', 'taken over', 'deleveraged', 'fund has', 'fund paid', 'bad debt', 'accounts', 'open interest']);
  for (const v of run.frame.venues) {
    const row = document.createElement('tr'); cell(row, v.venue + (v.is_halted ? ' (halted)' : ''));
    for (const k of ['liquidated_usd', 'reported_usd', 'filled_in_books_usd', 'taken_over_usd', 'deleveraged_usd', 'fund_usd', 'fund_paid_usd', 'bad_debt_usd']) cell(row, Charts.short(v[k]));
    cell(row, v.accounts_liquidated.toLocaleString('en')); cell(row, Charts.short(v.open_interest_usd)); body.append(row);
  }
}
let lastLook = 0;
async function look(force) {
  const run = present(); if (!run || asking) return;
  if (!force && Date.now() - lastLook < 500) return;
  asking = true; lastLook = Date.now();
  try {
    const book = await ask(`/api/runs/${on}/books/${$('book').value || 0}`);
    const rows = []; const row = (l, name) => { const tr = document.createElement('tr'); cell(tr, l.price.toPrecision(7), 'td', name); cell(tr, Charts.short(l.usd)); rows.push(tr); };
    book.asks.slice(0, 9).reverse().forEach(l => row(l, 'ask')); book.bids.slice(0, 9).forEach(l => row(l, 'bid'));
    $('ladder').replaceChildren(...rows);
    $('bookfacts').textContent = `index ${book.index.toPrecision(7)}${book.mark ? ', mark ' + book.mark.toPrecision(7) : ''}; within 1 %: bids ${Charts.short(book.bids_within1_pct_usd)}, asks ${Charts.short(book.asks_within1_pct_usd)}; traded ${Charts.short(book.bought_usd + book.sold_usd)}`;
    if (force || !run.frame.is_playing) Charts.bars($('triggers'), (await ask(`/api/runs/${on}/triggers/${encodeURIComponent($('asset').value)}`)).bars);
  } catch (error) { say(error.message); } finally { asking = false; }
}
function bar() {
  const run = present(); if (!run) return;
  const f = run.frame;
  $('play').textContent = f.is_playing ? 'Pause' : f.is_finished ? 'Finished' : 'Play';
  $('now').textContent = f.time + (f.doing ? ` · ${f.doing}` : '');
  $('pace').textContent = f.is_playing ? `${Math.round(f.pace)}×` : '';
  $('time').min = run.info.first; $('time').max = f.recorded_until;
  if (!scrubbing) { $('time').value = f.seconds; $('goto').textContent = `recorded to ${clock(f.recorded_until).slice(11)}`; }
}
function stream() {
  const source = new EventSource('/api/stream');
  source.onmessage = event => {
    const frame = JSON.parse(event.data), run = runs.get(frame.run);
    if (!run) return load();
    run.frame = frame; dirty = true;
    const last = run.minutes.length ? run.minutes[run.minutes.length - 1].seconds + 120 : run.info.start + 60;
    if (frame.seconds >= last) more(frame.run);
  };
  source.addEventListener('runs', () => trying(load)());
  source.onerror = () => say('the lab does not answer; trying again');
  source.onopen = () => say('');
}
const toggle = trying(async () => { const run = present(); if (!run) return; await ask(`/api/runs/${on}/${run.frame.is_playing ? 'pause' : 'play'}`, run.frame.is_playing ? {} : { speed: speed() }); });
const speed = () => $('speed').value === '' ? null : Number($('speed').value);
const stepOnce = trying(async () => { if (on) { await ask(`/api/runs/${on}/step`, { steps: 1 }); look(true); } });
$('play').onclick = toggle; $('step').onclick = stepOnce;
$('speed').onchange = trying(async () => { if (present()?.frame.is_playing) await ask(`/api/runs/${on}/play`, { speed: speed() }); });
$('time').oninput = () => { scrubbing = true; $('goto').textContent = clock(Number($('time').value)); };
$('time').onchange = trying(async () => { try { await ask(`/api/runs/${on}/seek`, { time: clock(Number($('time').value)) }); } finally { scrubbing = false; look(true); } });
$('book').onchange = $('asset').onchange = () => look(true);
$('open').onsubmit = trying(async event => {
  const f = event.target; say('opening …');
  const shown = await ask('/api/runs', { scenario: f.scenario.value, seed: Number(f.seed.value), scale: Number(f.scale.value) });
  await take(shown); choose(shown.info.id); say('');
});
function showPending() {
  $('changes').replaceChildren(...pending.map((text, i) => { const s = document.createElement('span'); s.textContent = text + ' ×'; s.title = 'take it out'; s.onclick = () => { pending.splice(i, 1); showPending(); }; return s; }));
}
$('key').onchange = () => { const k = keys.find(k => k.key === $('key').value); $('meaning').textContent = k ? `${k.meaning}: ${k.allowed}` : ''; };
$('add').onclick = () => { if ($('value').value) { pending.push(`${$('key').value}=${$('value').value}`); $('value').value = ''; showPending(); } };
$('forkform').onsubmit = trying(async event => {
  if ($('value').value) $('add').onclick();
  const name = event.target.elements.name.value;
  const shown = await ask(`/api/runs/${on}/fork`, { name: name || undefined, changes: pending });
  pending = []; showPending(); event.target.elements.name.value = '';
  await take(shown); choose(shown.info.id);
});
$('account').onsubmit = trying(async event => {
  const f = event.target, a = await ask(`/api/runs/${on}/accounts/${encodeURIComponent(f.venue.value)}/${Number(f.number.value)}`);
  const lines = [`${a.venue}:${a.account} stands for ${a.stands_for}`, `equity ${Charts.short(a.equity_usd)} USD, maintenance margin ${Charts.short(a.maintenance_usd)}, notional ${Charts.short(a.notional_usd)}`,
    ...a.positions.map(p => `${p.asset} ${p.size > 0 ? 'long' : 'short'} ${Charts.short(p.notional_usd)} USD, unrealised ${Charts.short(p.unrealised_usd)}, mark ${p.mark.toPrecision(6)}${p.liquidation_price ? ', liquidated at ' + p.liquidation_price.toPrecision(6) : ''}${p.is_isolated ? ', isolated' : ''}`), a.command];
  $('accountfacts').replaceChildren(...lines.map(text => { const p = document.createElement('p'); p.textContent = text; return p; }));
});
$('csv').onclick = async () => { try { const h = await ask(`/api/runs/${on}/hash`); $('hash').textContent = 'state hash at ' + h.time + ': ' + h.hash; $('command').textContent = h.command; } catch (error) { say(error.message); } };
$('theme').onclick = () => { const light = document.documentElement.classList.toggle('light'); $('theme').textContent = light ? 'Dark' : 'Light'; try { localStorage.light = light ? '1' : ''; } catch {} dirty = true; };
document.addEventListener('keydown', event => {
  if (['INPUT', 'SELECT', 'BUTTON', 'TEXTAREA'].includes(event.target.tagName) && event.target.type !== 'range') return;
  if (event.key === ' ') { event.preventDefault(); toggle(); } else if (event.key === 'ArrowRight' && event.target.type !== 'range') stepOnce();
  else if (event.key === 'f') document.forms.forkform.elements.name.focus(); else if (event.key === 't') $('theme').click();
});
window.onresize = () => { dirty = true; };
(function frame() { if (dirty && !document.hidden) { dirty = false; bar(); charts(); tables(); if (present()?.frame.is_playing) look(); } requestAnimationFrame(frame); })();
trying(async () => {
  try { if (localStorage.light) $('theme').click(); } catch {}
  fill(document.forms.open.scenario, (await ask('/api/scenarios')).map(s => [s, s])); document.forms.open.scenario.value = 'october-2025';
  keys = [...(await ask('/api/keys')), { key: 'sell', meaning: 'sold at any price now', allowed: 'BTC@binance:200e6' }, { key: 'buy', meaning: 'bought at any price now', allowed: 'BTC@binance:200e6' }, { key: 'news', meaning: 'news now, per cent', allowed: '-99 to 500' }, { key: 'outage', meaning: 'an outage from now', allowed: 'binance:orders:30' }];
  fill($('key'), keys.map(k => [k.key, k.key])); $('key').value = 'rules.fund_multiple'; $('key').onchange();
  await load(); stream();
})();
