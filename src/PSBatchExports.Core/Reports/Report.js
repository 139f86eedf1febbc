
'use strict';
(() => {
  const table = document.getElementById('overview');
  if (!table) {
    return;
  }

  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

  const compare = (left, right) => {
    const [a, b] = [Number(left), Number(right)];
    return left !== '' && right !== '' && !Number.isNaN(a) && !Number.isNaN(b) ? a - b : collator.compare(left, right);
  };

  const sortBy = (column) => {
    const isAscending = heads[column].getAttribute('aria-sort') !== 'ascending';
    const key = (row) => row.cells[column].dataset.sort;
    const rows = [...body.rows].sort((left, right) => (isAscending ? 1 : -1) * compare(key(left), key(right)));
    body.append(...rows);
    heads.forEach((head, index) => {
      if (index === column) {
        head.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
      } else {
        head.removeAttribute('aria-sort');
      }
    });
  };

  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    button.addEventListener('click', () => sortBy(column));
    head.replaceChildren(button);
  });
  table.classList.add('can-sort');
})();
