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
  const all = await ask('/api/runs');
  for (const shown of all) await take(shown);
  for (const id of [...runs.keys()]) if (!all.some(r => r.info.id === id)) runs.delete(id);
  const view = new URLSearchParams(location.hash.slice(1)), wanted = Number(view.get('run'));
  if (wanted && runs.has(wanted) && !runs.has(on)) on = wanted;
  if (!runs.has(on)) on = [...runs.keys()].pop() ?? null;
  choose(on, view);
}
async function take(shown) {
  const old = runs.get(shown.info.id);
  // After a restart the lab may have fewer minutes, or another run of that number.
  const isSame = old && old.info.command === shown.info.command && old.frame.recorded_until <= shown.frame.recorded_until;
  runs.set(shown.info.id, { info: shown.info, frame: shown.frame, minutes: isSame ? old.minutes : [] });
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
function address() {
  const view = new URLSearchParams({ run: on, book: $('book').value, asset: $('asset').value });
  const f = document.forms.account; if (f.number.value) view.set('account', f.venue.value + ':' + f.number.value);
  history.replaceState(null, '', '#' + view);
}
function choose(id, view) {
  on = id; dirty = true;
  const run = present(); if (!run) { list(); return; }
  $('command').textContent = run.info.command;
  $('csv').href = `/api/runs/${id}/minutes.csv`; $('venuescsv').href = `/api/runs/${id}/venues.csv`; $('recipe').href = `/api/runs/${id}/recipe.txt`; $('hash').textContent = '';
  fill($('book'), run.info.books.map(b => [b.id, `${b.asset} ${b.venue}${b.is_spot ? ' spot' : ''}`]));
  fill(document.forms.against.other, [...runs.values()].filter(r => r.info.id !== id).map(r => [r.info.id, r.info.name]));
  fill($('asset'), [...new Set(run.info.books.filter(b => !b.is_spot).map(b => b.asset))].map(a => [a, a]));
  fill(document.forms.account.venue, run.info.ledgers.map(v => [v, v]));
  if (view) {
    const set = (select, value) => { if (value && [...select.options].some(o => o.value === value)) select.value = value; };
    set($('book'), view.get('book')); set($('asset'), view.get('asset'));
    const account = (view.get('account') || '').split(':'); set(document.forms.account.venue, account[0]); if (account[1]) document.forms.account.number.value = account[1];
  }
  address(); list(); look(true); trying(questions)();
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
  const past = r => r.minutes.filter(m => m.seconds + 60 <= r.frame.seconds);
  const lines = f => all.map(r => ({ key: 'run' + r.info.id, color: color(r.info.id), points: pick(f, past(r)) }));
  const asset = run.info.majors[0], recorded = past(run).filter(m => m.recorded_price), price = lines(m => m.prices[0]);
  // As recorded, up to the simulated present: nothing of the future.
  if (recorded.length) price.push({ key: 'recorded', color: Charts.css('--dim'), dashed: true, points: pick(m => m.recorded_price, recorded) });
  $('pricename').textContent = `Index of ${asset}, USD${recorded.length ? '; dashed: as recorded' : ''}`;
  Charts.draw($('price'), price, first, last, { now: run.frame.seconds });
  const own = past(run);
  const forced = [{ key: 'both', bars: true, color: '#3fb98c', points: pick(m => m.liquidated_long_usd + m.liquidated_short_usd, own) }, { key: 'longs', bars: true, color: '#ef6f6c', points: pick(m => m.liquidated_long_usd, own) }];
  for (const l of lines(m => m.liquidated_long_usd + m.liquidated_short_usd)) if (l.key !== 'run' + on) forced.push(l);
  Charts.draw($('liquidated'), forced, first, last, { zero: true, now: run.frame.seconds });
  Charts.draw($('interest'), lines(m => m.open_interest_usd), first, last, { now: run.frame.seconds });
  Charts.draw($('depth'), lines(m => m.depth_usd), first, last, { zero: true, now: run.frame.seconds });
}
const table = (element, names) => { const row = document.createElement('tr'); names.forEach(n => cell(row, n, 'th')); const h = document.createElement('thead'); h.append(row); const b = document.createElement('tbody'); element.replaceChildren(h, b); return b; };
const line = (body, texts) => { const row = document.createElement('tr'); texts.forEach(t => cell(row, t)); body.append(row); return row; };
const text = (words, kind = 'p', name = '') => { const e = document.createElement(kind); e.textContent = words; if (name) e.className = name; return e; };
const press = (words, act) => { const b = text(words, 'button'); b.type = 'button'; b.onclick = trying(act); return b; };
function tables() {
  const run = present(); if (!run) return;
  const sum = (r, k) => r.frame.venues.reduce((s, v) => s + v[k], 0);
  let body = table($('sides'), ['run', 'time', ...run.info.majors, 'liquidated', 'in the books', 'deleveraged', 'funds paid', 'bad debt', 'accounts', 'deleveraged']);
  for (const r of runs.values()) {
    const row = document.createElement('tr'); const name = cell(row, r.info.name); name.style.color = color(r.info.id);
    cell(row, r.frame.time.slice(11, 19));
    r.frame.prices.forEach((p, i) => { const from = r.minutes.length ? r.minutes[0].prices[i] : p; cell(row, ((p / from - 1) * 100).toFixed(2) + ' %'); });
    for (const k of ['liquidated_usd', 'filled_in_books_usd', 'deleveraged_usd', 'fund_paid_usd', 'bad_debt_usd']) cell(row, short(sum(r, k)));
    cell(row, sum(r, 'accounts_liquidated').toLocaleString('en')); cell(row, sum(r, 'accounts_deleveraged').toLocaleString('en'));
    body.append(row);
  }
  body = table($('venues'), ['venue', 'liquidated', 'feeds show', 'in the books', 'taken over', 'deleveraged', 'fund has', 'fund paid', 'bad debt', 'accounts', 'open interest']);
  for (const v of run.frame.venues) {
    const row = document.createElement('tr'); cell(row, v.venue + (v.is_halted ? ' (halted)' : ''));
    for (const k of ['liquidated_usd', 'reported_usd', 'filled_in_books_usd', 'taken_over_usd', 'deleveraged_usd', 'fund_usd', 'fund_paid_usd', 'bad_debt_usd']) cell(row, short(v[k]));
    cell(row, v.accounts_liquidated.toLocaleString('en')); cell(row, short(v.open_interest_usd)); body.append(row);
  }
}
function waterfall() {
  const run = present(); if (!run || !Panels.isShown('waterfall')) return;
  const sum = k => run.frame.venues.reduce((s, v) => s + v[k], 0), shown = sum('reported_usd'), truth = sum('liquidated_usd');
  Charts.lying($('waterfall'), [['liquidated', truth, '--text'], ['of it feeds showed', shown, '--dim'], ['filled in books', sum('filled_in_books_usd'), '--good'], ['taken over', sum('taken_over_usd'), '--accent'], ['deleveraged', sum('deleveraged_usd'), '--bad'], ['funds paid', sum('fund_paid_usd'), '--accent'], ['bad debt', sum('bad_debt_usd'), '--bad']].map(([name, value, c]) => ({ name, value, color: Charts.css(c) })));
}
async function deeper() {
  const path = `/api/runs/${on}`, run = present();
  if (Panels.isShown('triggers')) Charts.bars($('triggers'), (await ask(`${path}/triggers/${encodeURIComponent($('asset').value)}`)).bars);
  if (Panels.isShown('trees')) {
    const c = await ask(`${path}/cascade`);
    $('cascadefacts').textContent = c.trees ? `${short(c.closed_usd)} closed by force, ${short(c.caused_usd)} of it because somebody was sold before: branching ratio ${c.branching_ratio.toFixed(2)}; ${c.trees.toLocaleString('en')} trees` : 'nobody has been closed yet';
    Charts.lying($('generations'), c.accounts_by_generation.slice(0, 8).map((value, i) => ({ name: i ? `generation ${i}` : 'roots, accounts', value })));
    const body = table($('trees'), ['largest from', 'root', 'USD', 'accounts', 'generations', 'venues']);
    for (const t of c.largest) line(body, [t.asset, t.root.slice(11, 19), short(t.usd), t.accounts.toLocaleString('en'), t.generations, t.venues]);
  }
  if (Panels.isShown('lending')) {
    const body = table($('lending'), ['protocol', 'borrowers', 'debt', 'liquidations', 'liquidated', 'bad debt']);
    for (const p of (await ask(`${path}/lending`)).protocols) line(body, [p.name, p.borrowers.toLocaleString('en'), short(p.debt_usd), p.liquidations.toLocaleString('en'), short(p.liquidated_usd), short(p.bad_debt_usd)]);
  }
  if (Panels.isShown('own')) {
    const body = table($('own'), ['account', 'venue', 'equity', 'maintenance', 'notional', 'positions']);
    if (!run.info.own_accounts.length) line(body, ['no own book in this run: start the lab with --book and open a run with it', '', '', '', '', '']);
    else for (const o of await ask(`${path}/own`)) line(body, [o.name, `${o.account.venue}:${o.account.account}`, short(o.account.equity_usd), short(o.account.maintenance_usd), short(o.account.notional_usd), o.account.positions.map(p => `${p.asset} ${short(p.notional_usd)}`).join(', ') || 'none left']);
  }
}
let lastLook = 0, lastDeep = 0, againLook = false;
async function look(force) {
  const run = present(); if (!run) return;
  if (asking) { againLook = againLook || force; return; }
  if (!force && Date.now() - lastLook < 500) return;
  asking = true; lastLook = Date.now();
  try {
    const book = await ask(`/api/runs/${on}/books/${$('book').value || 0}`);
    const rows = []; const row = (l, name) => { const tr = document.createElement('tr'); cell(tr, l.price.toPrecision(7), 'td', name); cell(tr, short(l.usd)); rows.push(tr); };
    book.asks.slice(0, 9).reverse().forEach(l => row(l, 'ask')); book.bids.slice(0, 9).forEach(l => row(l, 'bid'));
    $('ladder').replaceChildren(...rows);
    $('bookfacts').textContent = `index ${book.index.toPrecision(7)}${book.mark ? ', mark ' + book.mark.toPrecision(7) : ''}; within 1 %: bids ${short(book.bids_within1_pct_usd)}, asks ${short(book.asks_within1_pct_usd)}; traded ${short(book.bought_usd + book.sold_usd)}`;
    const sweeps = table($('sweeps'), ['market order', 'sold, costs', 'bought, costs']);
    for (const usd of [...new Set(book.sweeps.map(w => w.usd))]) {
      const one = sale => { const w = book.sweeps.find(w => w.usd === usd && w.is_sale === sale); return w ? `${w.cost_basis_points.toFixed(1)} bp${w.filled_usd < usd * .999 ? `, ${short(w.filled_usd)} only` : ''}` : '–'; };
      line(sweeps, [short(usd) + ' USD', one(true), one(false)]);
    }
    if (force || Date.now() - lastDeep > 2000) { lastDeep = Date.now(); await deeper(); }
  } catch (error) { say(error.message); } finally { asking = false; }
  if (againLook) { againLook = false; look(true); }
}
function bar() {
  const run = present(); if (!run) return;
  const f = run.frame;
  $('play').textContent = f.is_playing ? 'Pause' : f.is_finished ? 'Finished' : 'Play';
  $('now').textContent = f.time + (f.doing ? ` · ${f.doing}` : '');
  $('note').textContent = [f.note, f.dropped_moments ? `${f.dropped_moments} of the moments kept to go back to had to go: going back there takes longer (--memory)` : ''].filter(Boolean).join('; ');
  $('pace').textContent = f.is_playing ? `${Math.round(f.pace)}×` : '';
  $('time').min = run.info.first; $('time').max = f.recorded_until;
  if (!scrubbing) { $('time').value = f.seconds; $('goto').textContent = `recorded to ${clock(f.recorded_until).slice(11)}`; }
}
function stream() {
  const source = new EventSource('/api/stream');
  source.onmessage = event => {
    const frame = JSON.parse(event.data), run = runs.get(frame.run);
    if (!run) { trying(load)(); return; }
    run.frame = frame; dirty = true;
    const last = run.minutes.length ? run.minutes[run.minutes.length - 1].seconds + 120 : run.info.start + 60;
    if (frame.seconds >= last) trying(() => more(frame.run))();
  };
  source.addEventListener('runs', () => trying(load)());
  source.addEventListener('alerts', () => trying(alerts)());
  source.onerror = () => {
    say('the lab does not answer; trying again');
    // A refusal closes it for good: asked anew, with the token where one is needed.
    if (source.readyState === 2) setTimeout(() => ask('/api/runs').then(stream, stream), 3000);
  };
  source.onopen = () => say('');
}
const toggle = trying(async () => { const run = present(); if (!run) return; await ask(`/api/runs/${on}/${run.frame.is_playing ? 'pause' : 'play'}`, run.frame.is_playing ? {} : { speed: speed() }); });
const speed = () => $('speed').value === '' ? null : Number($('speed').value);
const stepOnce = trying(async () => { if (on) { await ask(`/api/runs/${on}/step`, { steps: 1 }); look(true); } });
$('play').onclick = toggle; $('step').onclick = stepOnce;
$('speed').onchange = trying(async () => { if (present()?.frame.is_playing) await ask(`/api/runs/${on}/play`, { speed: speed() }); });
// Dragging goes there: one request at a time, the newest place next.
let wantedTime = null, isGoing = false;
async function go() {
  if (isGoing) return;
  isGoing = true;
  try { while (wantedTime !== null) { const t = wantedTime; wantedTime = null; await ask(`/api/runs/${on}/seek`, { time: clock(t) }); } } finally { isGoing = false; }
}
$('time').oninput = trying(async () => { scrubbing = true; wantedTime = Number($('time').value); $('goto').textContent = clock(wantedTime); await go(); });
$('time').onchange = trying(async () => { wantedTime = Number($('time').value); try { await go(); } finally { scrubbing = false; look(true); } });
$('book').onchange = $('asset').onchange = () => { address(); look(true); };
$('open').onsubmit = trying(async event => {
  const f = event.target; say('opening …');
  const shown = await ask('/api/runs', { scenario: f.scenario.value, seed: Number(f.seed.value), scale: Number(f.scale.value), book: f.book.value || undefined });
  await take(shown); choose(shown.info.id); say('');
});
function showPending() {
  $('changes').replaceChildren(...pending.map((text, i) => { const s = document.createElement('span'); s.textContent = text + ' ×'; s.title = 'take it out'; s.onclick = () => { pending.splice(i, 1); showPending(); }; return s; }));
}
$('key').onchange = () => {
  const k = keys.find(k => k.key === $('key').value); if (!k) return;
  $('meaning').textContent = `${k.meaning}: ${k.allowed}`;
  const input = document.createElement(k.choices ? 'select' : 'input'); input.id = 'value';
  if (k.choices) fill(input, k.choices.map(c => [c, c]));
  else { input.size = 16; if (k.least !== undefined && k.least !== null) { input.placeholder = `${k.least} to ${k.most}`; } if (k.example) input.placeholder = k.example; }
  $('valueplace').replaceChildren(input);
};
$('add').onclick = () => {
  const value = $('value').value, k = keys.find(k => k.key === $('key').value); if (!value) return;
  if (k.least !== undefined && k.least !== null && !(Number(value) >= k.least && Number(value) <= k.most)) { say(`${k.key}: found ${value}; allowed: ${k.allowed}`); return; }
  pending.push(`${k.key}=${value}`); if ($('value').tagName === 'INPUT') $('value').value = ''; showPending();
};
$('forkform').onsubmit = trying(async event => {
  if ($('value').value && $('value').tagName === 'INPUT') $('add').onclick();
  const name = event.target.elements.name.value;
  const shown = await ask(`/api/runs/${on}/fork`, { name: name || undefined, changes: pending });
  pending = []; showPending(); event.target.elements.name.value = '';
  await take(shown); choose(shown.info.id);
});
$('whatif').onclick = trying(async () => {
  if ($('value').value && $('value').tagName === 'INPUT') $('add').onclick();
  if (!pending.length) { say('add a change first'); return; }
  await ask(`/api/runs/${on}/questions`, { kind: 'effect', changes: pending, minutes: 10 }); pending = []; showPending(); questions();
});
const accountName = () => { const f = document.forms.account; return `${f.venue.value.replace('/', '~')}:${Number(f.number.value)}`; };
$('account').onsubmit = trying(async () => {
  address();
  const a = await ask(`/api/runs/${on}/accounts/${accountName()}`);
  const lines = [`${a.venue}:${a.account} stands for ${a.stands_for}`, `equity ${short(a.equity_usd)} USD, maintenance margin ${short(a.maintenance_usd)}, notional ${short(a.notional_usd)}`,
    ...a.positions.map(p => `${p.asset} ${p.size > 0 ? 'long' : 'short'} ${short(p.notional_usd)} USD, unrealised ${short(p.unrealised_usd)}, mark ${p.mark.toPrecision(6)}${p.liquidation_price ? ', liquidated at ' + p.liquidation_price.toPrecision(6) : ''}${p.is_isolated ? ', isolated' : ''}`), a.command];
  $('accountfacts').replaceChildren(...lines.map(words => text(words)));
});
$('story').onclick = trying(async () => { await ask(`/api/runs/${on}/questions`, { kind: 'story', account: accountName() }); questions(); });
document.forms.smallest.onsubmit = trying(async event => {
  const f = event.target; await ask(`/api/runs/${on}/questions`, { kind: 'smallest', shock: f.shock.value, observable: f.observable.value, limit: Number(f.limit.value), minutes: Number(f.minutes.value) }); questions();
});
function answerOf(q) {
  if (q.error) return [text(q.error, 'p', 'alarm')];
  if (q.effect) {
    const e = document.createElement('table'), body = table(e, ['', 'unchanged', 'changed']), both = f => [f(q.effect.unchanged), f(q.effect.changed)];
    line(body, ['first asset, %', ...both(f => f.moves_pct[0].toFixed(2))]); line(body, ['its low, %', ...both(f => f.lowest_pct[0].toFixed(2))]);
    for (const [name, k] of [['liquidated', 'liquidated_usd'], ['deleveraged', 'deleveraged_usd'], ['funds paid', 'fund_paid_usd'], ['bad debt', 'bad_debt_usd']]) line(body, [name, ...both(f => short(f[k]))]);
    line(body, ['accounts closed', ...both(f => f.accounts_liquidated.toLocaleString('en'))]);
    return [text(`${q.effect.from.slice(11)} to ${q.effect.until.slice(11)}`), e, text(q.effect.command, 'code')];
  }
  if (q.smallest) {
    const r = q.smallest, size = v => r.unit === 'USD' ? short(v) + ' USD' : v.toFixed(2) + ' ' + r.unit;
    return [text(r.size === undefined || r.size === null ? `not even ${size(r.below)}` : r.size === 0 ? 'no shock is needed' : `between ${size(r.below)} and ${size(r.size)}`), text(`${r.tries.length} tries; ${r.note}`, 'p', 'dim'), ...(r.command ? [text(r.command, 'code')] : [])];
  }
  if (q.story) { const p = text(q.story.steps.map(s => `${s.time_utc}  ${s.what}${s.rule ? '\n    rule: ' + s.rule : ''}`).concat(q.story.rules.length ? ['', 'Rules applied:', ...q.story.rules] : []).join('\n'), 'pre'); p.tabIndex = 0; return [p]; }
  return [];
}
let asksAgain = null;
async function questions() {
  const all = (await ask('/api/questions')).filter(q => q.run === on).reverse().slice(0, 6);
  $('questions').replaceChildren(...all.map(q => {
    const box = text('', 'div', 'told'); box.append(text(q.asked, 'p'));
    if (q.is_done) box.append(...answerOf(q));
    else { const bar = document.createElement('progress'); bar.value = q.progress; box.append(bar, ' ' + q.doing + ' ', press('cancel', async () => { await ask(`/api/questions/${q.id}`, undefined, 'DELETE'); questions(); })); }
    return box;
  }));
  clearTimeout(asksAgain); if (all.some(q => !q.is_done)) asksAgain = setTimeout(trying(questions), 400);
}
const ruleOf = f => ({ name: f.elements.name.value, observable: f.observable.value, limit: Number(f.limit.value), clear: Number(f.clear.value), minutes: Number(f.minutes.value) });
document.forms.alert.onsubmit = trying(async event => { await ask('/api/alerts', ruleOf(event.target)); alerts(); });
$('history').onclick = trying(async () => {
  const all = await ask('/api/alert-history', ruleOf(document.forms.alert));
  $('alarms').replaceChildren(...all.map(h => text(h.problem ? `${h.record}: ${h.problem}` : `${h.record}: ${h.alarms} alarms in ${h.days} days, ${h.false_alarms} for nothing (no further ${h.further_pct} % within ${h.within_minutes} minutes)`)));
});
async function alerts() {
  const state = await ask('/api/alerts');
  $('rules').replaceChildren(...state.rules.map(r => { const p = text(`${r.name}: ${r.observable} at ${r.limit} within ${r.minutes} min, over at ${r.clear} `); p.append(press('delete', async () => { await ask(`/api/alerts/${encodeURIComponent(r.name)}`, undefined, 'DELETE'); alerts(); })); return p; }));
  $('alarms').replaceChildren(...state.events.slice(-8).reverse().map(e => text(`${e.time.slice(11, 19)} ${runs.get(e.run)?.info.name ?? 'run ' + e.run}: ${e.rule} ${e.is_firing ? 'at' : 'over at'} ${short(e.value)}${e.sent ? ' (' + e.sent + ')' : ''}`, 'p', e.is_firing ? 'alarm' : 'over')));
}
function feedBox(f) {
  const box = text('', 'div', 'feed'), left = text('', 'div'), c = f.feed?.counts ?? {};
  left.append(text(`${f.name} (${f.feed?.format ?? ''}${f.is_live ? ', live' : ''}) ${f.says}`, 'strong'), text(`${f.time}${f.rate ? `, ${Math.round(f.rate).toLocaleString('en')} messages a second` : ''}${f.is_at_end ? ', at its end' : ''}`));
  const send = (verb, body) => async () => { await ask(`/api/feeds/${f.id}/${verb}`, body ?? {}); feeds(); };
  if (!f.is_live) left.append(press(f.is_playing ? 'Pause' : 'Play', send(f.is_playing ? 'pause' : 'play', { speed: 1 })), press('10×', send('play', { speed: 10 })), press('as fast as it goes', send('play', { speed: null })), press('to its start', send('seek', { time: f.began || '1970-01-01T00:00:00Z' })));
  left.append(press('close', async () => { await ask(`/api/feeds/${f.id}`, undefined, 'DELETE'); feeds(); }));
  left.append(text(`messages ${(c.messages ?? 0).toLocaleString('en')}, book changes ${(c.updates ?? 0).toLocaleString('en')}, trades ${(c.trades ?? 0).toLocaleString('en')}, liquidations ${c.liquidations ?? 0}`), text(`gaps ${c.gaps ?? 0}, crossed ${c.crossed ?? 0}, malformed ${c.malformed ?? 0}, not read ${c.unknown ?? 0}; the exchange's own best prices equal ${c.tickers_equal ?? 0}, different ${c.tickers_different ?? 0}`, 'p', c.gaps ? 'alarm' : 'dim'));
  for (const g of (f.feed?.gaps ?? []).slice(-4)) left.append(text(`gap (${g.kind}) ${g.instrument ?? ''} at ${new Date(g.time / 1e6).toISOString().slice(11, 23)}${g.missing ? `: ${g.missing} missing` : ''}: not filled in`, 'p', 'alarm'));
  for (const e of f.feed?.liquidation_estimates ?? []) left.append(text(`${e.instrument}: the feed showed ${e.shown} liquidations; an estimate of all: ${Math.round(e.orders)} orders`, 'p', 'dim'));
  const books = text('', 'div'), one = (f.feed?.instruments ?? []).filter(i => i.bids.length || i.asks.length);
  for (const i of one.slice(0, 2)) {
    const t = document.createElement('table'), body = table(t, [`${i.name} (${i.status})`, 'quantity']);
    i.asks.slice(0, 5).reverse().forEach(l => { const r = line(body, [Number(l.price), Number(l.quantity)]); r.firstChild.className = 'ask'; });
    i.bids.slice(0, 5).forEach(l => { const r = line(body, [Number(l.price), Number(l.quantity)]); r.firstChild.className = 'bid'; });
    books.append(t);
  }
  if (one.length > 2) books.append(text(`and ${one.length - 2} more`, 'p', 'dim'));
  const trades = text('', 'div'), t = document.createElement('table'), body = table(t, ['trade', 'price', 'quantity']);
  for (const x of (f.feed?.trades ?? []).slice(-8).reverse()) { const r = line(body, [x.instrument, Number(x.price), Number(x.quantity)]); r.children[1].className = x.taker === 'buy' ? 'bid' : 'ask'; }
  trades.append(t);
  for (const x of (f.feed?.liquidations ?? []).slice(-4).reverse()) trades.append(text(`liquidated: ${x.position} ${x.instrument} ${Number(x.quantity)} at ${Number(x.price)}`, 'p', 'alarm'));
  for (const i of one.slice(0, 2)) if (i.funding) trades.append(text(`${i.name}: mark ${i.funding.mark ?? '–'}, funding ${i.funding.rate ?? '–'}`, 'p', 'dim'));
  box.append(left, books, trades); return box;
}
let feedsAgain = null;
async function feeds() {
  const all = await ask('/api/feeds');
  $('feeds').replaceChildren(...all.map(feedBox));
  clearTimeout(feedsAgain); if (all.some(f => f.is_playing || f.is_live)) feedsAgain = setTimeout(trying(feeds), 500);
}
$('feedform').onsubmit = trying(async event => {
  const f = event.target; await ask('/api/feeds', f.url.value ? { url: f.url.value, format: f.format.value } : { capture: f.capture.value }); f.url.value = ''; feeds();
});
document.forms.against.onsubmit = trying(async event => {
  const other = Number(event.target.other.value); if (!other) { say('there is no other run: fork this one'); return; }
  const a = await ask(`/api/runs/${on}/against/${other}`), sum = k => a.venues.reduce((s, v) => s + v[k], 0);
  $('againstfacts').textContent = `${sum('better').toLocaleString('en')} people are better off here by ${short(sum('gains_usd'))} USD, ${sum('worse').toLocaleString('en')} worse by ${short(sum('losses_usd'))}${a.time === a.other_time ? '' : `; careful: ${a.time.slice(11)} here, ${a.other_time.slice(11)} there`}`;
  const body = table($('againsttable'), ['account', 'stands for', 'here', 'there', 'difference']);
  for (const x of [...a.winners.slice(0, 5), ...a.losers.slice(0, 5)]) { const r = line(body, [x.account, x.stands_for, short(x.equity_usd), short(x.other_equity_usd), short(x.difference_usd)]); r.lastChild.className = x.difference_usd > 0 ? 'bid' : 'ask'; }
});
$('hashnow').onclick = trying(async () => { const h = await ask(`/api/runs/${on}/hash`); $('hash').textContent = `at ${h.time}: ${h.hash}`; $('command').textContent = h.command; });
$('theme').onclick = () => { const light = document.documentElement.classList.toggle('light'); $('theme').textContent = light ? 'Dark' : 'Light'; try { localStorage.light = light ? '1' : ''; } catch {} dirty = true; };
document.addEventListener('keydown', event => {
  if (['INPUT', 'SELECT', 'BUTTON', 'TEXTAREA'].includes(event.target.tagName) && event.target.type !== 'range') return;
  if (event.key === ' ') { event.preventDefault(); toggle(); } else if (event.key === 'ArrowRight' && event.target.type !== 'range') stepOnce();
  else if (event.key === 'f') document.forms.forkform.elements.name.focus(); else if (event.key === 't') $('theme').click();
});
window.onresize = () => { dirty = true; };
// Numbers at the screen's rate, charts and tables four times a second: a page must not take the market's processor.
let lastDraw = 0, undrawn = false;
(function frame(t) {
  if (dirty && !document.hidden) { dirty = false; undrawn = true; bar(); }
  if (undrawn && t - lastDraw > 250) { undrawn = false; lastDraw = t; charts(); tables(); waterfall(); if (present()?.frame.is_playing) look(); }
  requestAnimationFrame(frame);
})(0);
trying(async () => {
  try { if (localStorage.light) $('theme').click(); } catch {}
  fill(document.forms.open.scenario, (await ask('/api/scenarios')).map(s => [s, s])); document.forms.open.scenario.value = 'october-2025';
  keys = [...(await ask('/api/keys')), { key: 'sell', meaning: 'sold at any price now', allowed: 'ASSET@VENUE:USD', example: 'BTC@binance:200e6' }, { key: 'buy', meaning: 'bought at any price now', allowed: 'ASSET@VENUE:USD', example: 'BTC@binance:200e6' }, { key: 'news', meaning: 'news now, per cent', allowed: '-99 to 500', example: '-2' }, { key: 'outage', meaning: 'an outage from now: orders, transfers or oracle', allowed: 'VENUE:KIND:MINUTES', example: 'binance:orders:30' }];
  fill($('key'), keys.map(k => [k.key, k.key])); $('key').value = 'rules.fund_multiple'; $('key').onchange();
  const observables = ['fall_pct', 'liquidated_usd', 'reported_usd', 'open_interest_fall_pct', 'depth_lost_pct', 'makers_withdrawn_pct', 'deleveraged_usd', 'margin_calls'].map(o => [o, o]);
  fill(document.forms.smallest.observable, observables); fill(document.forms.alert.observable, observables);
  fill(document.forms.open.book, [['', 'no own book'], ...(await ask('/api/books')).map(b => [b, b])]);
  if (Charts.hasLibrary) $('licence').textContent = 'Charts: TradingView Lightweight Charts™, copyright © 2024 TradingView, Inc., Apache License 2.0, https://www.tradingview.com/';
  const captures = await ask('/api/captures');
  fill(document.forms.feedform.capture, captures.length ? captures.map(c => [c, c]) : [['', 'no captures: start with --captures']]);
  fill(document.forms.feedform.format, ['binance', 'bybit', 'okx', 'hyperliquid', 'coinbase', 'bitstamp', 'kraken'].map(n => [n, n]));
  await load(); stream(); await alerts(); await feeds();
})();
