"""A PDF as somebody reads it who has no reader: its objects, and its text page by page.

Only for what WeasyPrint writes: packed streams, fonts that say which letters their glyphs are.
"""

import re
import zlib
from dataclasses import dataclass, field

GLYPH = re.compile(rb"/(\w+) [\d.]+ Tf|<([0-9a-f]+)>|(ET)\n")


@dataclass
class Printed:
    raw: bytes
    objects: dict[int, bytes] = field(default_factory=dict)
    streams: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for found in re.finditer(rb"(\d+) 0 obj\n(.*?)\nendobj", self.raw, re.DOTALL):
            number, (said, *packed) = int(found[1]), found[2].split(b"\nstream\n", 1)
            self.objects[number] = said
            if packed:
                data = packed[0].removesuffix(b"\nendstream")
                self.streams[number] = zlib.decompress(data) if b"/Flate" in said else data
        for number, said in list(self.objects.items()):
            if b"/ObjStm" in said:
                self._unpack(said, self.streams.pop(number))

    @property
    def catalogue(self) -> bytes:
        [found] = [said for said in self.objects.values() if b"/Type /Catalog" in said]
        return found

    @property
    def said(self) -> bytes:
        """Everything in it, unpacked."""
        return b"\n".join([*self.objects.values(), *self.streams.values()])

    @property
    def text(self) -> str:
        fonts = self._fonts()
        shown = []
        for data in self.streams.values():
            letters: dict[bytes, str] = {}
            for name, glyphs, ends in GLYPH.findall(data) if b"\nBT\n" in data else ():
                letters = fonts[name] if name else letters
                shown += [letters.get(glyphs[at : at + 4], "?") for at in range(0, len(glyphs), 4)]
                shown += "\n" if ends else ""
        return "".join(shown)

    def _unpack(self, said: bytes, data: bytes) -> None:
        first = int(re.findall(rb"/First (\d+)", said)[0])
        numbers = [int(one) for one in data[:first].split()]
        places = [first + place for place in numbers[1::2]]
        for number, start, end in zip(numbers[::2], places, [*places[1:], None], strict=True):
            self.objects[number] = data[start:end].strip()

    def _fonts(self) -> dict[bytes, dict[bytes, str]]:
        maps = {
            number: self._letters(self.streams[int(found[1])])
            for number, said in self.objects.items()
            if (found := re.search(rb"/ToUnicode (\d+) 0 R", said))
        }
        named = re.findall(rb"/(\w+) (\d+) 0 R", b"".join(self.objects.values()))
        return {name: maps[int(number)] for name, number in named if int(number) in maps}

    def _letters(self, cmap: bytes) -> dict[bytes, str]:
        pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>\n", cmap)
        return {glyph: bytes.fromhex(code.decode()).decode("utf-16-be") for glyph, code in pairs}
