"""Prints the answers that several configure scripts found alike, for ports/answers.cache: shared_answers.py CACHE...

The CACHEs are what the driver keeps in $CLOCHE_CACHE/configure. Taken are answers about libc, headers and types that at
least three scripts asked for and all of them answered alike; not what depends on the machine, on a port's flags or on
its libraries.
"""

import re
import sys
from collections import Counter, defaultdict

WANTED = re.compile(r"(ac_cv_(func|have_decl|header|member|type|sizeof)|gl_cv_(func|header|have|type|sys|struct)"
                    r"|am_cv_func)_\w+")
PORT = re.compile(r"ncurses|term|curses|ssl|crypt|zlib|pcre|readline|lib(iconv|intl)|iconv|gettext|selinux|acl|cap|mmap"
                  r"|thread|uselocale|setlocale|localtime_cache")
values = defaultdict(Counter)
for path in sys.argv[1:]:
    for line in open(path, errors="replace"):
        match = re.fullmatch(r"(\w+)=\$\{\1=(.*)\}\n", line)
        if match and WANTED.fullmatch(match[1]) and not PORT.search(match[1]):
            values[match[1]][match[2]] += 1
for name, found in sorted(values.items()):
    if len(found) == 1 and found.total() >= 3:
        print(f"{name}=${{{name}={next(iter(found))}}}")
