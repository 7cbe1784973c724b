# Upstream makes some sources with tools of its own in C (built for the build machine here), others with Tcl: generate.py.
for tool in lemon mksourceid mkkeywordhash; do gcc -w -O1 -DSQLITE_ENABLE_UPDATE_DELETE_LIMIT tool/$tool.c -o $tool; done
OPTIONS="-DSQLITE_CORE=1 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_FTS3 -DSQLITE_ENABLE_FTS3_PARENTHESIS -DSQLITE_ENABLE_FTS4
 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_GEOPOLY -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_DBSTAT_VTAB
 -DSQLITE_ENABLE_DBPAGE_VTAB -DSQLITE_ENABLE_STMTVTAB -DSQLITE_ENABLE_BYTECODE_VTAB -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_ENABLE_EXPLAIN_COMMENTS
 -DSQLITE_ENABLE_UNKNOWN_SQL_FUNCTION -DSQLITE_ENABLE_OFFSET_SQL_FUNC -DSQLITE_ENABLE_UPDATE_DELETE_LIMIT -DSQLITE_HAVE_ZLIB"
cp tool/lempar.c .
cp src/parse.y ext/fts5/fts5parse.y .
./lemon -DSQLITE_ENABLE_UPDATE_DELETE_LIMIT parse.y
./lemon fts5parse.y
./mkkeywordhash >keywordhash.h
python3 "$RECIPE/generate.py"
flags="$CFLAGS -I. -Isrc -Iext/fts3 -Iext/fts5 -Iext/rtree -Iext/session -Iext/icu -Iext/rbu -Iext/userauth -Iext/recover -Iext/expert -Iext/misc
 -DNDEBUG -DHAVE_USLEEP=1 -DHAVE_FDATASYNC=1 -DHAVE_GMTIME_R=1 -DHAVE_LOCALTIME_R=1 -DHAVE_STRCHRNUL=1 -DHAVE_STDINT_H -DHAVE_INTTYPES_H $OPTIONS"
sources=$(ls src/*.c | grep -vE '/(test|tclsqlite|shell|os_win|mutex_w32|mem[235]|vdbe_)')
sources="$sources parse.c opcodes.c fts5.c $(ls ext/fts3/fts3*.c | grep -vE 'fts3_(icu|test|term)') ext/rtree/rtree.c ext/misc/stmt.c"
mkdir -p objects
flags=$(echo $flags) # on one line
printf '%s\n' $sources | xargs -P "$JOBS" -I FILE sh -c "\"\$CC\" $flags -c FILE -o objects/\$(basename FILE .c).o"
"$AR" rcs libsqlite3.a objects/*.o
cp src/sqlite3ext.h .
"$CC" $flags -DHAVE_READLINE=1 -DHAVE_EDITLINE=0 shell.c libsqlite3.a $LDFLAGS -lreadline -lncursesw -lz -o sqlite3.raw
