/// The script of every table.
enum SortedTables {
    /// Tables sort by a column when its title is pressed: figures by size, units read; the other way when pressed again. A link
    /// into a part that is folded opens it.
    static let script = #"""
        (function () {
          const units = { k: 1e3, M: 1e6, bn: 1e9, tn: 1e12 };
          const size = text => {
            const m = text.replace(/\u202f/g, '').replace('\u2212', '-').match(/^([+-]?[0-9.]+)[ \u00a0]?(k|M|bn|tn)?/);
            return m ? m[1] * (units[m[2]] || 1) : null; };
          for (const table of document.querySelectorAll('.scroll table')) {
            const titles = [...table.tHead.rows[0].cells];
            titles.forEach((title, column) => {
              if (!title.textContent) return;
              title.tabIndex = 0;
              title.setAttribute('aria-sort', 'none');
              const sort = () => {
                const down = title.getAttribute('aria-sort') === 'descending' ? 1 : -1;
                for (const t of titles) if (t.hasAttribute('aria-sort')) t.setAttribute('aria-sort', 'none');
                title.setAttribute('aria-sort', down < 0 ? 'descending' : 'ascending');
                const body = table.tBodies[0];
                const rows = [...body.rows].map(row => {
                  const text = row.cells[column] ? row.cells[column].textContent : '';
                  return { row, text, value: title.classList.contains('n') ? size(text) : null }; });
                // What has no figure stays below, whichever way.
                rows.sort((a, b) => a.value !== null && b.value !== null ? down * (a.value - b.value)
                  : a.value !== null ? -1 : b.value !== null ? 1 : -down * a.text.localeCompare(b.text));
                body.append(...rows.map(one => one.row)); };
              title.addEventListener('click', sort);
              title.addEventListener('keydown', key => {
                if (key.key === 'Enter' || key.key === ' ') { key.preventDefault(); sort(); } });
            });
          }
          const open = () => { const at = location.hash && document.getElementById(location.hash.slice(1));
            if (at && at.tagName === 'DETAILS') { at.open = true; at.scrollIntoView(); } };
          window.addEventListener('hashchange', open);
          open();
        })();
        """#
}
