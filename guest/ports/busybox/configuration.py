"""Edits BusyBox's .config: only the applets listed in the given file, no shell, no fork but vfork."""

import pathlib
import re
import sys

wanted = {word for line in pathlib.Path(sys.argv[1]).read_text().splitlines() if not line.startswith("#")
          for word in line.split()}
applets = set()
for path in pathlib.Path(".").rglob("Config.in"):
    for match in re.finditer(r'^config (\w+)\n\s+bool "[^"]*\([\d.]+ ?(?:kb|bytes|k)\b[^"]*"', path.read_text(errors="replace"),
                             re.M | re.I):
        applets.add(match[1])
for path in pathlib.Path(".").rglob("*.c"):
    for match in re.finditer(r'^//config:config (\w+)\n//config:\s+bool "[^"]*\([\d.]+ ?(?:kb|bytes|k)\b[^"]*"',
                             path.read_text(errors="replace"), re.M | re.I):
        applets.add(match[1])
OFF = set(["FEATURE_WGET_OPENSSL", "FEATURE_WGET_HTTPS", "FEATURE_SYSLOG", "FEATURE_UTMP", "FEATURE_WTMP", "FEATURE_SUID", "FEATURE_PREFER_APPLETS", "FEATURE_DF_FANCY", "SELINUX", "FEATURE_MOUNT_LABEL", "FEATURE_VOLUMEID", "LINUXRC", "MODPROBE_SMALL", "NC_110_COMPAT", "SHELL_ASH", "ASH", "HUSH", "SHELL_HUSH", "SH_IS_ASH", "FEATURE_SH_STANDALONE"])
lines = []
for line in open(".config"):
    match = re.match(r"CONFIG_(\w+)=y", line)
    if match and (match[1] in applets and match[1] not in wanted or match[1] in OFF):
        line = f"# CONFIG_{match[1]} is not set\n"
    if line.startswith("CONFIG_SH_IS_ASH"):
        line = "# CONFIG_SH_IS_ASH is not set\n"
    if "CONFIG_SH_IS_NONE" in line:
        line = "CONFIG_SH_IS_NONE=y\n"
    if "CONFIG_NOMMU" in line:
        line = "CONFIG_NOMMU=y\n"
    if "CONFIG_EXTRA_CFLAGS" in line:
        line = 'CONFIG_EXTRA_CFLAGS="-w"\n'
    lines.append(line)
open(".config", "w").writelines(lines)
