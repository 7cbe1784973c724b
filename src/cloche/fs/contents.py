"""The bytes of a file in memory: one bytearray, or pages where there are holes. Every page is charged to a budget."""
from __future__ import annotations

from ..lib.budget import Budget

PAGE = 4096
_SHIFT = 12
_ZEROS = memoryview(bytes(PAGE))
#: Below this a copied slice is cheaper than a view.
_COPY = 1 << 16


def pages_in(size: int) -> int:
    return (size + PAGE - 1) >> _SHIFT


class Contents:
    """Contents that one file owns. Holes take no memory: 4096-byte pages, as Linux's tmpfs.

    `dense` holds all bytes while no whole page is a hole; after that `pages` holds those that are there. `charged` is
    what is allocated, in bytes; the budget refuses growth with ENOSPC before anything changes.
    """

    __slots__ = ("budget", "charged", "dense", "pages", "size")

    writable = True

    def __init__(self, budget: Budget, data: bytes | memoryview = b"") -> None:
        self.budget = budget
        size = len(data)
        self.charged = pages_in(size) << _SHIFT
        budget.charge(self.charged)
        self.size = size
        self.dense: bytearray | None = bytearray(data)
        self.pages: dict[int, bytearray] = {}

    @property
    def blocks(self) -> int:
        return self.charged >> 9

    def _charge(self, total: int) -> None:
        if total > self.charged:
            self.budget.charge(total - self.charged)
        else:
            self.budget.release(self.charged - total)
        self.charged = total

    def free(self) -> None:
        """The file is gone."""
        self._charge(0)
        self.dense, self.pages, self.size = bytearray(), {}, 0

    # reading

    def read(self, position: int, count: int) -> bytes | bytearray | memoryview:
        end = min(position + count, self.size)
        dense = self.dense
        if dense is not None:
            if end - position <= _COPY:
                return dense[position:end]
            return memoryview(dense)[position:end]
        if end <= position:
            return b""
        pages, parts = self.pages, []
        for page in range(position >> _SHIFT, pages_in(end)):
            base = page << _SHIFT
            data = pages.get(page, _ZEROS)
            if base < position or base + PAGE > end:
                data = data[max(position - base, 0):end - base]
            parts.append(data)
        return b"".join(parts)

    def read_into(self, position: int, window: memoryview) -> int:
        end = min(position + len(window), self.size)
        if end <= position:
            return 0
        if self.dense is not None:
            with memoryview(self.dense) as view:
                window[:end - position] = view[position:end]
            return end - position
        for start in range(position, end, 1 << 20):
            stop = min(start + (1 << 20), end)
            window[start - position:stop - position] = self.read(start, stop - start)
        return end - position

    # writing

    def write(self, position: int, data: bytes | bytearray | memoryview) -> int:
        count = len(data)
        end, size = position + count, self.size
        if self.dense is not None and position > size and position >> _SHIFT > pages_in(size):
            self._make_sparse()
        dense = self.dense
        if dense is None:
            return self._write_pages(position, data)
        if end > self.charged:
            self._charge((end + PAGE - 1) & -PAGE)
        if position == size:
            dense += data
        elif end <= size:
            if count <= _COPY:
                dense[position:end] = data
            else:
                with memoryview(dense) as view:
                    view[position:end] = data
            return count
        else:
            if position > size:
                dense.extend(bytes(position - size))
            else:
                del dense[position:]
            dense += data
        self.size = end
        return count

    def _make_sparse(self) -> None:
        dense, self.dense = self.dense, None
        assert dense is not None
        with memoryview(dense) as view:
            self.pages = {page: bytearray(view[page << _SHIFT:(page + 1) << _SHIFT].tobytes().ljust(PAGE, b"\0"))
                          for page in range(pages_in(len(dense)))}

    def _write_pages(self, position: int, data: bytes | bytearray | memoryview) -> int:
        if not isinstance(data, memoryview):
            data = memoryview(data)
        end = position + len(data)
        pages = self.pages
        first, last = position >> _SHIFT, pages_in(end)
        missing = sum(page not in pages for page in range(first, last))
        self._charge(self.charged + (missing << _SHIFT))
        for page in range(first, last):
            base = page << _SHIFT
            start, stop = max(position, base), min(end, base + PAGE)
            piece = data[start - position:stop - position]
            held = pages.get(page)
            if held is None:
                if stop - start == PAGE:
                    pages[page] = bytearray(piece)
                    continue
                held = pages[page] = bytearray(PAGE)
            held[start - base:stop - base] = piece
        if end > self.size:
            self.size = end
        return len(data)

    def truncate(self, size: int) -> None:
        if size == 0:
            self.free()
        elif size > self.size:
            if self.dense is not None:
                if pages_in(size) > pages_in(self.size):
                    self._make_sparse()
                else:
                    self.dense.extend(bytes(size - self.size))
        elif self.dense is not None:
            del self.dense[size:]
            self._charge(pages_in(size) << _SHIFT)
        else:
            self._drop_pages(pages_in(size), pages_in(self.size))
            held = self.pages.get(size >> _SHIFT)
            if held is not None and size & (PAGE - 1):
                held[size & (PAGE - 1):] = bytes(PAGE - (size & (PAGE - 1)))
        self.size = size

    def _drop_pages(self, first: int, last: int) -> None:
        if last - first < len(self.pages):
            gone = [page for page in range(first, last) if page in self.pages]
        else:
            gone = [page for page in self.pages if first <= page < last]
        for page in gone:
            del self.pages[page]
        self._charge(self.charged - (len(gone) << _SHIFT))

    def allocate(self, position: int, count: int, keep_size: bool) -> None:
        """Memory for [position, position + count); also beyond the end, if it is to stay there."""
        end = position + count
        if self.dense is not None:
            self._make_sparse()
        missing = [page for page in range(position >> _SHIFT, pages_in(end)) if page not in self.pages]
        self._charge(self.charged + (len(missing) << _SHIFT))
        for page in missing:
            self.pages[page] = bytearray(PAGE)
        if not keep_size and end > self.size:
            self.size = end

    def punch(self, position: int, count: int) -> None:
        """[position, position + count) reads as zeros; whole pages are given back."""
        end = min(position + count, pages_in(self.size) << _SHIFT)
        if end <= position:
            return
        if self.dense is not None:
            self._make_sparse()
        first, last = pages_in(position), end >> _SHIFT
        for page in {position >> _SHIFT, end >> _SHIFT}:
            held = self.pages.get(page)
            base = page << _SHIFT
            if held is not None and not first <= page < last:
                start, stop = max(position - base, 0), min(end - base, PAGE)
                held[start:stop] = bytes(stop - start)
        if first < last:
            self._drop_pages(first, last)

    # holes

    def seek_data(self, position: int) -> int | None:
        if self.dense is not None or position >> _SHIFT in self.pages:
            return position
        page = min((page for page in self.pages if page > position >> _SHIFT), default=None)
        if page is None or page << _SHIFT >= self.size:
            return None
        return page << _SHIFT

    def seek_hole(self, position: int) -> int:
        if self.dense is not None:
            return self.size
        page = position >> _SHIFT
        if page not in self.pages:
            return position
        while page in self.pages:
            page += 1
        return min(page << _SHIFT, self.size)
