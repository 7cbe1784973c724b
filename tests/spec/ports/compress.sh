rm -rf /tmp/cz; mkdir -p /tmp/cz; cd /tmp/cz
seq 1 20000 >s; cp s t; md5sum <s
for z in xz bzip2 "zstd -q --rm"; do cp s w; $z w; ls w.* | cat; wc -c <$(ls w.*); case $z in zstd*) zstd -q -dc w.zst;; *) $z -dc w.*;; esac | md5sum; rm -f w*; done
xz -9e -T1 -k s; xz -l s.xz | tail -1 | cut -c1-40; xz -t s.xz; echo rc $?; xz -dc s.xz | md5sum
bzip2 -k t; bzip2 -tv t.bz2 2>&1; bzip2 -dc t.bz2 | cksum; 
tar cJf a.tar.xz s t; tar tJf a.tar.xz; tar cjf a.tar.bz2 s; tar xjOf a.tar.bz2 | md5sum; tar --zstd -cf a.tar.zst t; tar --zstd -tf a.tar.zst
zstd -q -19 s -o s19.zst; wc -c <s19.zst; zstd -q --format=gzip s -o s.gz; gzip -dc s.gz | md5sum; zstd -q --format=xz s -o s2.xz; xz -dc s2.xz | md5sum; printf garbage >g.xz; xz -d g.xz; echo rc $?; bzip2 -d g.xz; echo rc $?; zstd -q -d g.xz; echo rc $?
mkdir dd; for i in 1 2 3 4 5 6 7 8; do seq $i 200 >dd/$i; done; zstd -q --train dd/* -o dict --maxdict=2000 2>&1 | tail -1; ls dict
