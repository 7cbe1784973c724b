/* Message digests (RFC 1321, FIPS 180-4), incrementally. */
#include "runner.h"
#include <stdlib.h>
#include <string.h>

#define BLOCK_MAX 128

struct hash;
struct algorithm {
	const char *name;
	int digest, block, words;
	void (*compress)(struct hash *, const uint8_t *);
	uint64_t start[8];
};
struct hash {
	const struct algorithm *algorithm;
	uint64_t size, state[8];
	uint8_t buffer[BLOCK_MAX];
	int used;
};

static JSClassID hash_class;

static uint32_t rol(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static uint32_t ror(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint64_t ror64(uint64_t x, int n)
{
	return x >> n | x << (64 - n);
}

static void md5_compress(struct hash *hash, const uint8_t *block)
{
	/* floor(2^32 * abs(sin(i + 1))) */
	static const uint32_t sines[64] = {
		0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1,
		0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453,
		0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
		0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
		0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d,
		0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
	};
	static const uint8_t shifts[4][4] = { { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } };
	uint32_t a = hash->state[0], b = hash->state[1], c = hash->state[2], d = hash->state[3], words[16];
	for (int i = 0; i < 16; i++)
		words[i] = block[4 * i] | block[4 * i + 1] << 8 | block[4 * i + 2] << 16 | (uint32_t)block[4 * i + 3] << 24;
	for (int i = 0; i < 64; i++) {
		uint32_t f, next;
		int word;
		switch (i / 16) {
		case 0: f = (b & c) | (~b & d), word = i; break;
		case 1: f = (d & b) | (~d & c), word = (5 * i + 1) % 16; break;
		case 2: f = b ^ c ^ d, word = (3 * i + 5) % 16; break;
		default: f = c ^ (b | ~d), word = 7 * i % 16; break;
		}
		next = b + rol(a + f + sines[i] + words[word], shifts[i / 16][i % 4]);
		a = d, d = c, c = b, b = next;
	}
	hash->state[0] = (uint32_t)(hash->state[0] + a);
	hash->state[1] = (uint32_t)(hash->state[1] + b);
	hash->state[2] = (uint32_t)(hash->state[2] + c);
	hash->state[3] = (uint32_t)(hash->state[3] + d);
}

static void sha1_compress(struct hash *hash, const uint8_t *block)
{
	static const uint32_t constants[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
	uint32_t w[80], a = hash->state[0], b = hash->state[1], c = hash->state[2], d = hash->state[3], e = hash->state[4];
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (int i = 0; i < 80; i++) {
		uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
		uint32_t next = rol(a, 5) + f + e + constants[i / 20] + w[i];
		e = d, d = c, c = rol(b, 30), b = a, a = next;
	}
	uint32_t add[5] = { a, b, c, d, e };
	for (int i = 0; i < 5; i++) hash->state[i] = (uint32_t)(hash->state[i] + add[i]);
}

/* SHA-512's round constants; SHA-256's are the upper halves of the first 64. */
static const uint64_t rounds[80] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
	0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
	0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
	0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
	0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
	0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
	0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
	0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static void sha256_compress(struct hash *hash, const uint8_t *block)
{
	uint32_t w[64], s[8];
	for (int i = 0; i < 8; i++) s[i] = hash->state[i];
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] + (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
	for (int i = 0; i < 64; i++) {
		uint32_t one = s[7] + (ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + (uint32_t)(rounds[i] >> 32) + w[i];
		uint32_t two = (ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += one;
		s[0] = one + two;
	}
	for (int i = 0; i < 8; i++) hash->state[i] = (uint32_t)(hash->state[i] + s[i]);
}

static void sha512_compress(struct hash *hash, const uint8_t *block)
{
	uint64_t w[80], s[8];
	memcpy(s, hash->state, sizeof s);
	for (int i = 0; i < 16; i++) {
		w[i] = 0;
		for (int j = 0; j < 8; j++) w[i] = w[i] << 8 | block[8 * i + j];
	}
	for (int i = 16; i < 80; i++)
		w[i] = w[i - 16] + (ror64(w[i - 15], 1) ^ ror64(w[i - 15], 8) ^ w[i - 15] >> 7) + w[i - 7]
			+ (ror64(w[i - 2], 19) ^ ror64(w[i - 2], 61) ^ w[i - 2] >> 6);
	for (int i = 0; i < 80; i++) {
		uint64_t one = s[7] + (ror64(s[4], 14) ^ ror64(s[4], 18) ^ ror64(s[4], 41)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + rounds[i] + w[i];
		uint64_t two = (ror64(s[0], 28) ^ ror64(s[0], 34) ^ ror64(s[0], 39)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += one;
		s[0] = one + two;
	}
	for (int i = 0; i < 8; i++) hash->state[i] += s[i];
}

static const struct algorithm algorithms[] = {
	{ "md5", 16, 64, 4, md5_compress, { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } },
	{ "sha1", 20, 64, 4, sha1_compress, { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } },
	{ "sha224", 28, 64, 4, sha256_compress, { 0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4 } },
	{ "sha256", 32, 64, 4, sha256_compress, { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } },
	{ "sha384", 48, 128, 8, sha512_compress, { 0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
		0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4 } },
	{ "sha512", 64, 128, 8, sha512_compress, { 0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
		0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179 } },
};

static void hash_add(struct hash *hash, const uint8_t *data, size_t size)
{
	const int block = hash->algorithm->block;
	hash->size += size;
	while (size) {
		size_t part = block - hash->used;
		if (part > size) part = size;
		memcpy(hash->buffer + hash->used, data, part);
		hash->used += part;
		data += part;
		size -= part;
		if (hash->used == block) {
			hash->algorithm->compress(hash, hash->buffer);
			hash->used = 0;
		}
	}
}

static void hash_close(struct hash *hash, uint8_t *digest)
{
	const struct algorithm *algorithm = hash->algorithm;
	const bool little = algorithm->compress == md5_compress;
	const int length = algorithm->words * 2; /* bytes of the message's length field */
	uint64_t bits = hash->size * 8;
	uint8_t tail[2 * BLOCK_MAX] = { 0x80 };
	int pad = algorithm->block - (int)((hash->size + length) % algorithm->block);
	for (int i = 0; i < 8; i++) tail[pad + (little ? i : length - 1 - i)] = bits >> 8 * i;
	hash_add(hash, tail, pad + length);
	for (int i = 0; i < algorithm->digest; i++) {
		int word = i / algorithm->words, byte = i % algorithm->words;
		digest[i] = hash->state[word] >> 8 * (little ? byte : algorithm->words - 1 - byte);
	}
}

static void hash_finalize(JSRuntime *rt, JSValueConst value)
{
	js_free_rt(rt, JS_GetOpaque(value, hash_class));
}

/* hashNew(name or another hash to copy) -> hash, or undefined if the name is unknown */
static NATIVE(hash_new)
{
	const struct hash *original = JS_GetOpaque(argv[0], hash_class);
	const struct algorithm *algorithm = NULL;
	if (!original) {
		const char *name = JS_ToCString(ctx, argv[0]);
		if (!name) return JS_EXCEPTION;
		for (int i = 0; i < COUNT(algorithms); i++)
			if (!strcmp(name, algorithms[i].name)) algorithm = &algorithms[i];
		JS_FreeCString(ctx, name);
		if (!algorithm) return JS_UNDEFINED;
	}
	struct hash *hash = js_mallocz(ctx, sizeof *hash);
	if (!hash) return JS_EXCEPTION;
	if (original) {
		*hash = *original;
	} else {
		hash->algorithm = algorithm;
		memcpy(hash->state, algorithm->start, sizeof hash->state);
	}
	JSValue value = JS_NewObjectClass(ctx, hash_class);
	if (JS_IsException(value)) js_free(ctx, hash);
	else JS_SetOpaque(value, hash);
	return value;
}

static NATIVE(hash_update)
{
	size_t size;
	struct hash *hash = JS_GetOpaque2(ctx, argv[0], hash_class);
	uint8_t *data = hash ? bytes_argument(ctx, argv[1], &size) : NULL;
	if (!data) return JS_EXCEPTION;
	hash_add(hash, data, size);
	return JS_UNDEFINED;
}

static NATIVE(hash_digest)
{
	uint8_t digest[64];
	struct hash *hash = JS_GetOpaque2(ctx, argv[0], hash_class);
	if (!hash) return JS_EXCEPTION;
	hash_close(hash, digest);
	return JS_NewUint8ArrayCopy(ctx, digest, hash->algorithm->digest);
}

static NATIVE(hash_block)
{
	struct hash *hash = JS_GetOpaque2(ctx, argv[0], hash_class);
	return hash ? JS_NewInt32(ctx, hash->algorithm->block) : JS_EXCEPTION;
}

static const struct native table[] = {
	{ "hashNew", hash_new, 1 }, { "hashUpdate", hash_update, 2 }, { "hashDigest", hash_digest, 1 }, { "hashBlock", hash_block, 1 },
};

void hash_natives(JSContext *ctx, JSValueConst object)
{
	static const JSClassDef definition = { "HashState", .finalizer = hash_finalize };
	JS_NewClassID(JS_GetRuntime(ctx), &hash_class);
	JS_NewClass(JS_GetRuntime(ctx), hash_class, &definition);
	natives_add(ctx, object, table, COUNT(table));
}
