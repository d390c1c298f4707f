import Foundation

/// TradingView's Lightweight Charts, put into the page whole: a page asks the network for nothing. `make assets` fetches it
/// from a pinned package whose hash is checked; without it charts are plain SVG.
public struct ChartLibrary: Sendable {
    public static let file = "lightweight-charts.js"
    /// As the licence asks.
    static let attribution =
        "Charts: TradingView Lightweight Charts™, copyright © 2024 TradingView, Inc., Apache License 2.0, https://www.tradingview.com/"

    /// Of the file that `make assets` fetches. Another file is never put into a page.
    static let hash = "a7d4221516c7ea0bb0cc17d605df8848c1c748517a2ca43c2ce1a95ddb159006"

    /// The library whole, safe to stand inside a page.
    public let script: String

    /// Nil where no folder has the library.
    ///
    /// - Parameters:
    ///   - folders: where to look, the first that has it.
    ///   - refused: told of a file of that name that is another.
    public init?(in folders: [String], refused: (String) -> Void = { _ in }) {
        for folder in folders {
            let file = folder + "/" + Self.file
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            guard SHA256.hex(Array(data)) == Self.hash else {
                refused(file)
                continue
            }
            // Nothing in it may end the element it stands in.
            script = String(decoding: data, as: UTF8.self).replacing("</script", with: "<\\/script")
            return
        }
        return nil
    }

    /// Where the library of an executable may be: in `assets` beside it, or in `assets` of the checkout it was built in.
    /// Never in the working directory, which may be anybody's.
    public static func folders(beside executable: String) -> [String] {
        let folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
            .path
        let own = folder + "/assets"
        guard let build = folder.range(of: "/.build/", options: .backwards) else { return [own] }
        return [own, folder[..<build.lowerBound] + "/assets"]
    }

    /// Money and counts in few characters: the function `short` of every page, the lab's too.
    public static let numbers = """
        function short(v) { const a = Math.abs(v);
          const [unit, name] = a >= 1e12 ? [1e12, ' tn'] : a >= 1e9 ? [1e9, ' bn'] : a >= 1e6 ? [1e6, ' M'] : a >= 1e4 ? [1e3, ' k'] : [1, ''];
          // What is left of a sum of doubles is nothing.
          return a < 1e-9 ? '0' : a < 1 ? v.toPrecision(2) : (v / unit).toFixed(a / unit >= 100 ? 0 : a >= 1e12 ? 2 : 1) + name; }
        """

    /// Draws every `<div class="chart">` from the JSON inside it.
    static let drawing = """
        (function () {
          const css = getComputedStyle(document.documentElement);
          const soft = css.getPropertyValue('--soft').trim(), line = css.getPropertyValue('--line').trim();
          \(numbers)
          // Every chart has the same minutes: they move, zoom and answer the pointer together.
          const all = [];
          let isFollowing = false;
          const together = (one, act) => {
            if (isFollowing) return;
            isFollowing = true;
            for (const other of all) if (other !== one) act(other);
            isFollowing = false;
          };
          const clock = t => new Date(t * 1000).toISOString().slice(11, 16);
          const tell = i => {
            for (const { c, legend } of all) {
              legend.querySelector('.when').textContent = i < 0 ? '' : clock(c.times[i]);
              legend.querySelectorAll('b').forEach((b, n) => {
                const v = i < 0 ? null : c.series[n].values[i];
                b.textContent = i < 0 ? '' : v === null ? ' –' : ' ' + short(v); });
            }
          };
          for (const box of document.querySelectorAll('div.chart')) {
            const c = JSON.parse(box.querySelector('script').textContent);
            const values = c.series.flatMap(s => s.values).filter(v => v !== null);
            const low = values.reduce((a, b) => Math.min(a, b), Infinity), high = values.reduce((a, b) => Math.max(a, b), -Infinity);
            const chart = LightweightCharts.createChart(box, { width: box.clientWidth, height: box.clientHeight,
              layout: { background: { color: 'transparent' }, textColor: soft, fontSize: 11, attributionLogo: false },
              grid: { vertLines: { color: line }, horzLines: { color: line } },
              localization: { priceFormatter: short, locale: 'en-GB' }, handleScroll: { mouseWheel: false },
              handleScale: { mouseWheel: false }, rightPriceScale: { borderVisible: false,
                // Nothing is shown below zero where values come near it and none lies below.
                scaleMargins: { top: 0.12, bottom: low >= 0 && low < 0.05 * high ? 0.01 : 0.12 } },
              timeScale: { timeVisible: true, secondsVisible: false, borderVisible: false, rightOffset: 0, minBarSpacing: 0.001 } });
            const stacked = c.bars ? c.series.map((s, n) => s.values.map((v, i) =>
              c.series.slice(0, n + 1).reduce((sum, t) => sum + (t.values[i] || 0), 0))) : null;
            const order = c.bars ? c.series.map((_, n) => c.series.length - 1 - n) : c.series.map((_, n) => n);
            let first = null;
            for (const n of order) {
              const s = c.series[n];
              const drawn = c.bars
                ? chart.addHistogramSeries({ color: s.color, priceLineVisible: false, lastValueVisible: false })
                : chart.addLineSeries({ color: s.color, lineWidth: 2, lineStyle: s.dashed ? 2 : 0,
                    priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 3 });
              drawn.setData(c.times.map((t, i) => { const v = c.bars ? stacked[n][i] : s.values[i];
                return v === null ? { time: t } : { time: t, value: v }; }));
              first = first || drawn;
            }
            const inside = c.marks.filter(m => c.times[0] <= m.time && m.time <= c.times[c.times.length - 1]);
            if (first && inside.length) first.setMarkers(inside.map(m => ({ time: m.time, text: m.name, color: soft,
              position: 'aboveBar', shape: 'arrowDown' })));
            // The whole run at every width: a chart made narrower would else keep its bars and lose its first minutes.
            const one = { c, chart, first, legend: box.parentElement.querySelector('.legend') };
            all.push(one);
            const fit = () => {
              chart.resize(box.clientWidth, box.clientHeight);
              const n = c.times.length;
              // Room for half a clock left of the first minute.
              chart.timeScale().setVisibleLogicalRange({ from: -n * Math.max(0.03, 22 / box.clientWidth) - 0.5, to: 1.02 * n - 0.5 });
              const seen = chart.timeScale().getVisibleRange();
              if (seen) { box.dataset.first = seen.from; box.dataset.last = seen.to; }
            };
            fit();
            new ResizeObserver(fit).observe(box);
            one.fit = fit;
            const scale = chart.timeScale();
            scale.subscribeVisibleLogicalRangeChange(range => {
              if (range) together(one, other => other.chart.timeScale().setVisibleLogicalRange(range)); });
            chart.subscribeCrosshairMove(at => {
              if (isFollowing) return;
              const i = at.time === undefined ? -1 : c.times.indexOf(at.time);
              tell(i);
              together(one, other => {
                if (i < 0 || !other.first || !other.chart.setCrosshairPosition) return other.chart.clearCrosshairPosition && other.chart.clearCrosshairPosition();
                const v = other.c.series[0].values[i];
                other.chart.setCrosshairPosition(v === null ? 0 : v, at.time, other.first); });
            });
            box.tabIndex = 0;
            box.addEventListener('keydown', key => {
              const range = scale.getVisibleLogicalRange();
              if (!range) return;
              const width = range.to - range.from, by = { ArrowLeft: [-0.1, -0.1], ArrowRight: [0.1, 0.1], '+': [0.15, -0.15], '-': [-0.15, 0.15] }[key.key];
              if (key.key === '0') fit();
              else if (by) scale.setVisibleLogicalRange({ from: range.from + by[0] * width, to: range.to + by[1] * width });
              else return;
              key.preventDefault();
            });
          }
          const bar = document.querySelector('.tools');
          if (bar) {
            bar.hidden = false;
            bar.querySelector('.whole').onclick = () => { for (const one of all) one.fit(); };
            bar.querySelector('.zoomIn').onclick = () => zoom(0.2);
            bar.querySelector('.zoomOut').onclick = () => zoom(-0.25);
            const zoom = by => {
              const range = all.length && all[0].chart.timeScale().getVisibleLogicalRange();
              if (range) all[0].chart.timeScale().setVisibleLogicalRange(
                { from: range.from + by * (range.to - range.from), to: range.to - by * (range.to - range.from) }); };
            bar.querySelector('.log').onchange = box => { for (const one of all) {
              // A logarithm needs values above zero.
              const fits = one.c.series.every(s => s.values.every(v => v === null || v > 0));
              if (fits && !one.c.bars) one.chart.priceScale('right').applyOptions({ mode: box.target.checked ? 1 : 0 }); } };
          }
          document.documentElement.dataset.overflow = document.documentElement.scrollWidth - window.innerWidth;
          document.documentElement.dataset.drawn = document.querySelectorAll('div.chart canvas').length > 0;
        })();
        """
}

extension Chart {
    /// What `ChartLibrary.drawing` reads. Values keep six digits, as many as a screen can show.
    var json: String {
        func number(_ value: Double?) -> String {
            guard let value, value.isFinite else { return "null" }
            return String(format: "%.6g", value)
        }
        let lines = series.map { one in
            "{\"name\":\(one.name.quotedForJSON),\"color\":\(one.color.quotedForJSON),\"dashed\":\(one.isDashed),\"values\":[\(one.values.map(number).joined(separator: ","))]}"
        }
        let marked = marks.map { "{\"time\":\($0.seconds),\"name\":\($0.name.quotedForJSON)}" }
        return
            "{\"bars\":\(style == .bars),\"small\":\(isSmall),\"times\":[\(times.map(String.init).joined(separator: ","))],\"series\":[\(lines.joined(separator: ","))],\"marks\":[\(marked.joined(separator: ","))]}"
    }
}
