# asm/* are the asm-generic ones.
mkdir -p include/asm
cp -r /usr/include/linux /usr/include/asm-generic include
for h in include/asm-generic/*.h; do echo "#include <asm-generic/${h##*/}>" >include/asm/"${h##*/}"; done
echo '#define __BITS_PER_LONG 32' >include/asm/bitsperlong.h
echo '#include <linux/byteorder/little_endian.h>' >include/asm/byteorder.h
