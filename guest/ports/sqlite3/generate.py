"""Writes what SQLite's build makes with Tcl scripts, so that no tclsh is needed.

These are sqlite3.h, opcodes.h, opcodes.c, shell.c and fts5.c. Run in the source tree, after lemon has made parse.h and
fts5parse.c and with ./mksourceid built. Each function is the twin of the script that its docstring names.
"""
import re
import subprocess
from pathlib import Path


def sqlite_header() -> str:
    """tool/mksqlite3h.tcl."""
    version = Path("VERSION").read_text().strip()
    major, minor, patch = map(int, version.split("."))
    number = f"{major}{minor:03}{patch:03}"
    done = subprocess.run(["./mksourceid", "manifest"], capture_output=True, text=True, check=True)
    source = done.stdout.strip()
    variable = re.compile(r"[a-zA-Z][a-zA-Z_0-9 *]+sqlite3_[_a-zA-Z0-9]+(\[|;| =)")
    function = re.compile(r" *([a-zA-Z][a-zA-Z_0-9 ]+ \**)"
                          r"(sqlite3(?:session|changeset|changegroup|rebaser)?_[_a-zA-Z0-9]+)(\(.*)$")
    out = []
    for path in ("src/sqlite.h.in", "ext/rtree/sqlite3rtree.h", "ext/session/sqlite3session.h", "ext/fts5/fts5.h"):
        for line in Path(path).read_text().splitlines():
            line = line.rstrip()
            if re.search(r'#include.*[<"]sqlite3\.h[>"]', line):
                continue
            for mark, value in (("VERS", version), ("VERSION-NUMBER", number), ("SOURCE-ID", source)):
                line = line.replace(f"--{mark}--", value)
            found = function.match(line)
            if variable.match(line) and not line.lstrip().startswith("typedef"):
                line = f"SQLITE_API {line}"
            elif found:
                kind = found[1].strip()
                line = f"SQLITE_API {kind}{'' if kind.endswith('*') else ' '}{found[2]}{found[3]}"
            out.append(line)
    return "\n".join(out) + "\n"


class Opcodes:
    """tool/mkopcodeh.tcl: numbers for the opcodes of vdbe.c, those that jump first, groups adjacent."""

    FIRST = ("OP_Transaction", "OP_AutoCommit", "OP_Savepoint", "OP_Checkpoint", "OP_Vacuum", "OP_JournalMode",
             "OP_VUpdate", "OP_VFilter", "OP_Init")
    FLAGS = {"jump": 1, "in1": 2, "in2": 4, "in3": 8, "out2": 16, "out3": 32}

    def __init__(self, tokens: dict[str, int], vdbe: str) -> None:
        self.number: dict[str, int] = {}
        self.flags: dict[str, set[str]] = {}
        self.same_as: dict[int, str] = {}
        self.synopsis: dict[str, str] = {}
        self.name_of: dict[int, str] = {}
        self.order: list[str] = []
        self.groups: list[list[str]] = []
        self._read(tokens, vdbe)
        self._assign()

    def _read(self, tokens: dict[str, int], vdbe: str) -> None:
        current, before_grouped = "", False
        for line in vdbe.splitlines():
            if found := re.match(r".. Opcode: +(\w+)", line):
                current = f"OP_{found[1]}"
            elif (found := re.match(r".. Synopsis: (.*)", line)) and current:
                self.synopsis[current] = found[1].strip()
            elif line.startswith("case OP_"):
                words = line.split()
                name = words[1].strip(":")
                if name == "OP_Abortable":
                    continue
                flags = {word.strip(",") for word in words[2:]}
                self.flags[name] = flags
                if found := re.search(r"same as (TK_\w+)", line):
                    value = tokens[found[1]]
                    self.number[name], self.same_as[value], self.name_of[value] = value, found[1], name
                if "group" in flags:
                    if not before_grouped:
                        self.groups.append([])
                    self.groups[-1].append(name)
                before_grouped = "group" in flags
                self.order.append(name)
        for name in ("OP_Noop", "OP_Explain", "OP_Abortable"):
            if name not in self.flags:
                self.order.append(name)
            self.flags[name] = set()

    def _assign(self) -> None:
        count = -1

        def give(name: str) -> None:
            nonlocal count
            count += 1
            while count in self.name_of:
                count += 1
            self.number[name], self.name_of[count] = count, name

        for name in self.order:
            if name in self.FIRST and name not in self.number:
                give(name)
        for name in self.order:
            if "jump" in self.flags[name] and name not in self.number:
                give(name)
        self.last_jump = max(self.number[name] for name in self.order if "jump" in self.flags[name])
        for group in self.groups:
            wanted = [name for name in group if name not in self.number]
            start = count + 1
            while any(start + i in self.name_of for i in range(len(group) + 1)):
                start += 1
            for i, name in enumerate(wanted):
                self.number[name], self.name_of[start + i] = start + i, name
        for name in self.order:
            if name not in self.number:
                give(name)

    def header(self) -> str:
        out = ["/* Automatically generated.  Do not edit */"]
        top = max(self.name_of)
        assert top <= 255
        values = []
        for i in range(top + 1):
            name = self.name_of.get(i, f"OP_NotUsed_{i}")
            notes = ["jump"] if "jump" in self.flags.get(name, ()) else []
            notes += [f"same as {self.same_as[i]}"] if i in self.same_as else []
            notes += [f"synopsis: {self.synopsis[name]}"] if name in self.synopsis else []
            out.append(f"#define {name:16} {i:3d}" + (f" /* {', '.join(notes):42} */" if notes else ""))
            values.append(sum(bit for flag, bit in self.FLAGS.items() if flag in self.flags.get(name, ())))
        for flag, bit in self.FLAGS.items():
            out.append(f"#define OPFLG_{flag.upper():9} 0x{bit:02x}")
        out.append("#define OPFLG_INITIALIZER {" + ",".join(f" 0x{value:02x}" for value in values) + "}")
        out.append(f"#define SQLITE_MX_JUMP_OPCODE  {self.last_jump}  /* Maximum JUMP opcode */")
        return "\n".join(out) + "\n"

    def names(self) -> str:
        """tool/mkopcodec.tcl."""
        rows = []
        for i in range(max(self.name_of) + 1):
            name = self.name_of.get(i, f"OP_NotUsed_{i}")
            rows.append(f'    /* {i:3d} */ "{name[3:]}" OpHelp("{self.synopsis.get(name, "")}"),')
        head = ["#if !defined(SQLITE_OMIT_EXPLAIN) || defined(VDBE_PROFILE) || defined(SQLITE_DEBUG)",
                "#if defined(SQLITE_ENABLE_EXPLAIN_COMMENTS) || defined(SQLITE_DEBUG)", '# define OpHelp(X) "\\0" X',
                "#else", "# define OpHelp(X)", "#endif",
                "const char *sqlite3OpcodeName(int i){", " static const char *const azName[] = {"]
        return "\n".join([*head, *rows, "  };", "  return azName[i];", "}", "#endif", ""])


def shell() -> str:
    """tool/mkshellc.tcl: shell.c.in with the files that it names; a typedef only once."""
    seen: set[str] = set()

    def once(line: str) -> str:
        found = re.match(r"typedef .*\b([a-zA-Z0-9_]+);", line)
        if found and found[1] in seen:
            return ""
        if found:
            seen.add(found[1])
        return line

    out = []
    for line in map(once, Path("src/shell.c.in").read_text(encoding="utf-8").splitlines()):
        if not line.startswith("INCLUDE "):
            out.append(line)
            continue
        for inner in map(once, Path("src", line.split()[1]).read_text(encoding="utf-8").splitlines()):
            if not re.match(r'#include "sqlite|# *include "test_windirent\.h"', inner):
                out.append(inner.replace("__declspec(dllexport)", ""))
    return "\n".join(out) + "\n"


FTS5 = "fts5.h fts5Int.h fts5parse.h fts5parse.c fts5_aux.c fts5_buffer.c fts5_config.c fts5_expr.c fts5_hash.c " \
    "fts5_index.c fts5_main.c fts5_storage.c fts5_tokenize.c fts5_unicode2.c fts5_varint.c fts5_vocab.c"


def fts5() -> str:
    """ext/fts5/tool/mkfts5c.tcl: the sources of FTS5 as one file."""
    out = ["#if !defined(SQLITE_CORE) || defined(SQLITE_ENABLE_FTS5)",
           "#ifndef NDEBUG", "# define NDEBUG 1", "#endif"]
    for name in FTS5.split():
        path = Path(name) if name.startswith("fts5parse") else Path("ext/fts5", name)
        text = path.read_text().replace("--FTS5-SOURCE-ID--", "fts5")
        if name == "fts5parse.c":
            text = text.replace("yy", "fts5yy").replace("YY", "fts5YY").replace("TOKEN", "FTS5TOKEN")
        for line in text.splitlines():
            if re.match(r"#include.*fts5", line):
                continue
            ours = re.match(r"(const )?[a-zA-Z][a-zA-Z0-9]* [*]?sqlite3Fts5", line)
            if ours and " sqlite3Fts5Init(" not in line:
                line = f"static {line}"
            out.append(line)
    return "\n".join([*out, "#endif", ""])


def main() -> None:
    found = re.findall(r"^#define (TK_\w+)\s+(\d+)", Path("parse.h").read_text(), re.M)
    opcodes = Opcodes({name: int(value) for name, value in found}, Path("src/vdbe.c").read_text())
    Path("sqlite3.h").write_text(sqlite_header())
    Path("opcodes.h").write_text(opcodes.header())
    Path("opcodes.c").write_text(opcodes.names())
    Path("shell.c").write_text(shell())
    Path("fts5.c").write_text(fts5())


if __name__ == "__main__":
    main()
