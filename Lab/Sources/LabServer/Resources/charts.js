'use strict';
// Lines and bars over one time axis, for several runs at once; a canvas each.
const Charts = (() => {
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const short = v => {
    const a = Math.abs(v);
    for (const [n, u] of [[1e12, 'tn'], [1e9, 'bn'], [1e6, 'M'], [1e3, 'k']]) if (a >= n) return (v / n).toPrecision(3) + ' ' + u;
    return a >= 100 || a === 0 ? v.toFixed(0) : v.toPrecision(3);
  };
  function ready(canvas) {
    const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) { canvas.width = Math.round(w * ratio); canvas.height = Math.round(h * ratio); }
    const c = canvas.getContext('2d');
    c.setTransform(ratio, 0, 0, ratio, 0, 0); c.clearRect(0, 0, w, h); c.font = '11px system-ui, sans-serif';
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
  // series: [{ color, points: [[seconds, value]], bars }]
  function draw(canvas, series, first, last, options = {}) {
    const { c, w, h } = ready(canvas);
    let low = options.zero ? 0 : Infinity, high = -Infinity;
    for (const s of series) for (const p of s.points) { if (p[1] < low) low = p[1]; if (p[1] > high) high = p[1]; }
    if (!isFinite(low) || !isFinite(high)) { low = 0; high = 1; }
    if (high === low) high = low + Math.max(1, Math.abs(low) * .01);
    const x = t => last > first ? (t - first) / (last - first) * (w - 62) : 0, y = v => 8 + (high - v) / (high - low) * (h - 28);
    axes(c, w, h, low, high, first, last, x, y);
    for (const s of series) {
      c.strokeStyle = c.fillStyle = s.color; c.lineWidth = 1.5;
      if (s.bars) { const bw = Math.max(1, (w - 62) / Math.max(1, (last - first) / 60)); for (const p of s.points) if (p[1] > 0) c.fillRect(x(p[0]), y(p[1]), Math.max(1, bw - .5), y(0) - y(p[1])); continue; }
      c.beginPath(); s.points.forEach((p, i) => i ? c.lineTo(x(p[0]), y(p[1])) : c.moveTo(x(p[0]), y(p[1]))); c.stroke();
    }
    if (options.now) { c.strokeStyle = css('--accent'); c.setLineDash([3, 3]); c.beginPath(); c.moveTo(x(options.now), 0); c.lineTo(x(options.now), h - 16); c.stroke(); c.setLineDash([]); }
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
  return { draw, bars, short };
})();
