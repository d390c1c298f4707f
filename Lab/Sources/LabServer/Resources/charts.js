'use strict';
// Lines and bars over one time axis, for several runs at once: TradingView's library where it is there, a canvas of our own
// where not; ladders, trees and waterfalls are canvas always.
const Charts = (() => {
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const hasLibrary = typeof LightweightCharts !== 'undefined';
  const made = new Map();
  function ready(canvas) {
    const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) { canvas.width = Math.round(w * ratio); canvas.height = Math.round(h * ratio); }
    const c = canvas.getContext('2d');
    c.setTransform(ratio, 0, 0, ratio, 0, 0); c.clearRect(0, 0, w, h); c.font = '11px system-ui, sans-serif'; c.textAlign = 'left';
    return { c, w, h };
  }
  function axes(c, w, h, low, high, first, last, x, y) {
    c.fillStyle = css('--dim'); c.strokeStyle = css('--line'); c.lineWidth = 1;
    for (let i = 0; i <= 4; i++) { const v = low + (high - low) * i / 4, at = y(v); c.beginPath(); c.moveTo(0, at); c.lineTo(w - 58, at); c.stroke(); c.fillText(short(v), w - 54, at + 4); }
    if (!(last > first)) return;
    const steps = [300, 600, 1800, 3600, 7200, 14400, 21600]; const step = steps.find(s => (last - first) / s <= 7) || 43200;
    c.textAlign = 'center';
    for (let t = Math.ceil(first / step) * step; t <= last; t += step) c.fillText(new Date(t * 1000).toISOString().slice(11, 16), x(t), h - 3);
    c.textAlign = 'left';
  }
  function canvasDraw(box, series, first, last, options) {
    let canvas = box.querySelector('canvas');
    if (!canvas) { canvas = document.createElement('canvas'); box.append(canvas); }
    const { c, w, h } = ready(canvas);
    let low = options.zero ? 0 : Infinity, high = -Infinity;
    for (const s of series) for (const p of s.points) { if (p[1] < low) low = p[1]; if (p[1] > high) high = p[1]; }
    if (!isFinite(low) || !isFinite(high)) { low = 0; high = 1; }
    if (high === low) high = low + Math.max(1, Math.abs(low) * .01);
    const x = t => last > first ? (t - first) / (last - first) * (w - 62) : 0, y = v => 8 + (high - v) / (high - low) * (h - 28);
    axes(c, w, h, low, high, first, last, x, y);
    for (const s of series) {
      c.strokeStyle = c.fillStyle = s.color; c.lineWidth = 1.5; c.setLineDash(s.dashed ? [4, 3] : []);
      if (s.bars) { const bw = Math.max(1, (w - 62) / Math.max(1, (last - first) / 60)); for (const p of s.points) if (p[1] > 0) c.fillRect(x(p[0]), y(p[1]), Math.max(1, bw - .5), y(0) - y(p[1])); continue; }
      c.beginPath(); s.points.forEach((p, i) => i ? c.lineTo(x(p[0]), y(p[1])) : c.moveTo(x(p[0]), y(p[1]))); c.stroke();
    }
    c.setLineDash([]);
    if (options.now) { c.strokeStyle = css('--accent'); c.setLineDash([3, 3]); c.beginPath(); c.moveTo(x(options.now), 0); c.lineTo(x(options.now), h - 16); c.stroke(); c.setLineDash([]); }
  }
  function libraryDraw(box, series, first, last) {
    let one = made.get(box);
    const look = { layout: { background: { color: 'transparent' }, textColor: css('--dim'), fontSize: 11, attributionLogo: false }, grid: { vertLines: { color: css('--line') }, horzLines: { color: css('--line') } } };
    if (!one) {
      const chart = LightweightCharts.createChart(box, { ...look, width: box.clientWidth, height: box.clientHeight, localization: { priceFormatter: short, locale: 'en-GB' },
        handleScroll: { mouseWheel: false, vertTouchDrag: false }, handleScale: { mouseWheel: false }, rightPriceScale: { borderVisible: false },
        timeScale: { timeVisible: true, secondsVisible: false, borderVisible: false, rightOffset: 1, minBarSpacing: .001 } });
      one = { chart, series: new Map(), look: '' }; made.set(box, one);
    }
    if (one.look !== JSON.stringify(look)) { one.chart.applyOptions(look); one.look = JSON.stringify(look); }
    if (one.width !== box.clientWidth) { one.width = box.clientWidth; one.chart.resize(box.clientWidth, box.clientHeight); }
    const wanted = new Set(series.map(s => s.key));
    for (const [key, s] of one.series) if (!wanted.has(key)) { one.chart.removeSeries(s.drawn); one.series.delete(key); }
    let changed = false;
    for (const s of series) {
      let kept = one.series.get(s.key);
      if (!kept) {
        kept = { stamp: '', drawn: s.bars ? one.chart.addHistogramSeries({ color: s.color, priceLineVisible: false, lastValueVisible: false })
          : one.chart.addLineSeries({ color: s.color, lineWidth: s.dashed ? 1 : 2, lineStyle: s.dashed ? 2 : 0, priceLineVisible: false, lastValueVisible: !s.dashed }) };
        one.series.set(s.key, kept);
      }
      const tail = s.points[s.points.length - 1], stamp = s.points.length + ':' + (tail ? tail.join() : '');
      if (stamp !== kept.stamp) { kept.stamp = stamp; kept.drawn.setData(s.points.map(p => ({ time: p[0], value: p[1] }))); changed = true; }
    }
    if (changed || one.first !== first) { one.first = first; one.chart.timeScale().fitContent(); }
  }
  // series: [{ key, color, points: [[seconds, value]], bars, dashed }]
  function draw(box, series, first, last, options = {}) {
    if (box.closest('section').hidden || !box.clientWidth) return;
    if (hasLibrary) libraryDraw(box, series, first, last); else canvasDraw(box, series, first, last, options);
  }
  function bars(canvas, rows) {
    const { c, w, h } = ready(canvas);
    if (!rows.length) { c.fillStyle = css('--dim'); c.fillText('nothing within 40 %', 8, 20); return; }
    const high = Math.max(...rows.map(r => r.usd)), bw = (w - 62) / 81, x = p => (p + 40) * bw, y = v => 8 + (1 - v / high) * (h - 28);
    c.fillStyle = css('--dim'); c.textAlign = 'center';
    for (const p of [-40, -20, 0, 20, 40]) c.fillText(p + ' %', Math.min(w - 75, Math.max(12, x(p))), h - 3);
    c.textAlign = 'left'; c.fillText(short(high), w - 54, 14);
    for (const r of rows) { c.fillStyle = css(r.pct < 0 ? '--bad' : '--good'); c.fillRect(x(r.pct), y(r.usd), Math.max(1, bw - 1), h - 20 - y(r.usd)); }
  }
  // Named amounts as lying bars: [{ name, value, color }]
  function lying(canvas, rows) {
    const { c, w, h } = ready(canvas), high = Math.max(1e-9, ...rows.map(r => r.value)), each = (h - 4) / Math.max(1, rows.length);
    rows.forEach((r, i) => {
      const y = 2 + i * each; c.fillStyle = r.color || css('--accent'); c.fillRect(130, y + 2, Math.max(0, r.value / high * (w - 200)), Math.max(2, each - 5));
      c.fillStyle = css('--text'); c.fillText(r.name, 2, y + each / 2 + 4); c.fillText(short(r.value), 136 + r.value / high * (w - 200), y + each / 2 + 4);
    });
  }
  return { draw, bars, lying, css, hasLibrary };
})();
