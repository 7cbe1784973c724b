/* Bytes to strings and back: UTF-8 as the Encoding standard decodes it, UTF-16, Latin-1, hex, base64. */
#include "runner.h"
#include <stdlib.h>
#include <string.h>

/* One UTF-8 sequence at data[*at]: its code point, or -1 for the longest part of an ill-formed one (Unicode 3.9, U+FFFD
 * substitution of maximal subparts). */
static int32_t decode_one(const uint8_t *data, size_t size, size_t *at)
{
	uint8_t lead = data[(*at)++], low = 0x80, high = 0xbf;
	int more;
	int32_t code;
	if (lead < 0x80) return lead;
	if (lead >= 0xc2 && lead <= 0xdf) more = 1, code = lead & 0x1f;
	else if (lead >= 0xe0 && lead <= 0xef) more = 2, code = lead & 0x0f;
	else if (lead >= 0xf0 && lead <= 0xf4) more = 3, code = lead & 0x07;
	else return -1;
	if (lead == 0xe0) low = 0xa0;
	if (lead == 0xed) high = 0x9f;
	if (lead == 0xf0) low = 0x90;
	if (lead == 0xf4) high = 0x8f;
	while (more--) {
		if (*at >= size || data[*at] < low || data[*at] > high) return -1;
		code = code << 6 | (data[(*at)++] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	return code;
}

static bool is_ascii(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i] >= 0x80) return false;
	return true;
}

/* decode(bytes, start, length, fatal) -> string, or undefined if fatal and ill-formed */
static NATIVE(text_decode)
{
	size_t size, from, count, length = 0;
	uint8_t *data = bytes_argument(ctx, argv[0], &size);
	if (!data) return JS_EXCEPTION;
	clamp_range(ctx, argv[1], argv[2], size, &from, &count);
	data += from;
	if (is_ascii(data, count)) return JS_NewStringLen(ctx, (char *)data, count);
	uint16_t *units = js_malloc(ctx, (count + 1) * sizeof *units);
	if (!units) return JS_EXCEPTION;
	bool fatal = JS_ToBool(ctx, argv[3]);
	for (size_t at = 0; at < count;) {
		int32_t code = decode_one(data, count, &at);
		if (code < 0 && fatal) {
			js_free(ctx, units);
			return JS_UNDEFINED;
		}
		if (code < 0) code = 0xfffd;
		if (code >= 0x10000) {
			units[length++] = 0xd800 + ((code - 0x10000) >> 10);
			units[length++] = 0xdc00 + ((code - 0x10000) & 0x3ff);
		} else {
			units[length++] = code;
		}
	}
	JSValue text = JS_NewStringUTF16(ctx, units, length);
	js_free(ctx, units);
	return text;
}

/* A new Uint8Array of these bytes. */
static JSValue new_bytes(JSContext *ctx, const uint8_t *data, size_t size)
{
	return JS_NewUint8ArrayCopy(ctx, data, size);
}

/* encode(string) -> Uint8Array; a lone surrogate becomes U+FFFD. */
static NATIVE(text_encode)
{
	size_t length, size = 0;
	const uint16_t *units = JS_ToCStringLenUTF16(ctx, &length, argv[0]);
	if (!units) return JS_EXCEPTION;
	uint8_t *data = js_malloc(ctx, length * 3 + 1);
	if (!data) {
		JS_FreeCStringUTF16(ctx, units);
		return JS_EXCEPTION;
	}
	for (size_t i = 0; i < length; i++) {
		uint32_t code = units[i];
		if ((code & 0xfc00) == 0xd800 && i + 1 < length && (units[i + 1] & 0xfc00) == 0xdc00)
			code = 0x10000 + ((code & 0x3ff) << 10) + (units[++i] & 0x3ff);
		else if ((code & 0xf800) == 0xd800) code = 0xfffd;
		if (code < 0x80) {
			data[size++] = code;
		} else if (code < 0x800) {
			data[size++] = 0xc0 | code >> 6;
			data[size++] = 0x80 | (code & 0x3f);
		} else if (code < 0x10000) {
			data[size++] = 0xe0 | code >> 12;
			data[size++] = 0x80 | (code >> 6 & 0x3f);
			data[size++] = 0x80 | (code & 0x3f);
		} else {
			data[size++] = 0xf0 | code >> 18;
			data[size++] = 0x80 | (code >> 12 & 0x3f);
			data[size++] = 0x80 | (code >> 6 & 0x3f);
			data[size++] = 0x80 | (code & 0x3f);
		}
	}
	JS_FreeCStringUTF16(ctx, units);
	JSValue bytes = new_bytes(ctx, data, size);
	js_free(ctx, data);
	return bytes;
}

/* decodeUnits(bytes, start, length, width): width 1 is Latin-1, width 2 UTF-16LE. */
static NATIVE(text_decode_units)
{
	size_t size, from, count;
	uint8_t *data = bytes_argument(ctx, argv[0], &size);
	if (!data) return JS_EXCEPTION;
	clamp_range(ctx, argv[1], argv[2], size, &from, &count);
	size_t width = int_argument(ctx, argv[3], 1) == 2 ? 2 : 1, length = count / width;
	uint16_t *units = js_malloc(ctx, (length + 1) * sizeof *units);
	if (!units) return JS_EXCEPTION;
	for (size_t i = 0; i < length; i++)
		units[i] = width == 1 ? data[from + i] : data[from + 2 * i] | data[from + 2 * i + 1] << 8;
	JSValue text = JS_NewStringUTF16(ctx, units, length);
	js_free(ctx, units);
	return text;
}

/* encodeUnits(string, width) */
static NATIVE(text_encode_units)
{
	size_t length, width = int_argument(ctx, argv[1], 1) == 2 ? 2 : 1;
	const uint16_t *units = JS_ToCStringLenUTF16(ctx, &length, argv[0]);
	if (!units) return JS_EXCEPTION;
	uint8_t *data = js_malloc(ctx, length * width + 1);
	for (size_t i = 0; data && i < length; i++) {
		data[i * width] = units[i];
		if (width == 2) data[i * width + 1] = units[i] >> 8;
	}
	JS_FreeCStringUTF16(ctx, units);
	JSValue bytes = data ? new_bytes(ctx, data, length * width) : JS_EXCEPTION;
	js_free(ctx, data);
	return bytes;
}

static NATIVE(text_to_hex)
{
	size_t size, from, count;
	uint8_t *data = bytes_argument(ctx, argv[0], &size);
	if (!data) return JS_EXCEPTION;
	clamp_range(ctx, argv[1], argv[2], size, &from, &count);
	char *text = js_malloc(ctx, count * 2 + 1);
	if (!text) return JS_EXCEPTION;
	for (size_t i = 0; i < count; i++) {
		text[2 * i] = "0123456789abcdef"[data[from + i] >> 4];
		text[2 * i + 1] = "0123456789abcdef"[data[from + i] & 15];
	}
	JSValue result = JS_NewStringLen(ctx, text, count * 2);
	js_free(ctx, text);
	return result;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Up to the first pair that is not two digits, as Buffer.from does. */
static NATIVE(text_from_hex)
{
	size_t length, size = 0;
	const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
	if (!text) return JS_EXCEPTION;
	uint8_t *data = js_malloc(ctx, length / 2 + 1);
	while (data && 2 * size + 1 < length) {
		int high = hex_digit(text[2 * size]), low = hex_digit(text[2 * size + 1]);
		if (high < 0 || low < 0) break;
		data[size++] = high << 4 | low;
	}
	JS_FreeCString(ctx, text);
	JSValue bytes = data ? new_bytes(ctx, data, size) : JS_EXCEPTION;
	js_free(ctx, data);
	return bytes;
}

/* toBase64(bytes, start, length, url): url has - and _ and no padding. */
static NATIVE(text_to_base64)
{
	size_t size, from, count, length = 0;
	uint8_t *data = bytes_argument(ctx, argv[0], &size);
	if (!data) return JS_EXCEPTION;
	clamp_range(ctx, argv[1], argv[2], size, &from, &count);
	bool url = JS_ToBool(ctx, argv[3]);
	char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	if (url) memcpy(alphabet + 62, "-_", 2);
	char *text = js_malloc(ctx, (count + 2) / 3 * 4 + 1);
	if (!text) return JS_EXCEPTION;
	data += from;
	for (size_t i = 0; i < count; i += 3) {
		size_t left = count - i;
		uint32_t group = data[i] << 16 | (left > 1 ? data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0);
		text[length++] = alphabet[group >> 18];
		text[length++] = alphabet[group >> 12 & 63];
		if (left > 1) text[length++] = alphabet[group >> 6 & 63];
		else if (!url) text[length++] = '=';
		if (left > 2) text[length++] = alphabet[group & 63];
		else if (!url) text[length++] = '=';
	}
	JSValue result = JS_NewStringLen(ctx, text, length);
	js_free(ctx, text);
	return result;
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z') return c - 'A';
	if (c >= 'a' && c <= 'z') return c - 'a' + 26;
	if (c >= '0' && c <= '9') return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Either alphabet; what is not a digit is passed over, padding ends it. */
static NATIVE(text_from_base64)
{
	size_t length, size = 0;
	const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
	if (!text) return JS_EXCEPTION;
	uint8_t *data = js_malloc(ctx, length * 3 / 4 + 4);
	uint32_t group = 0;
	int bits = 0;
	for (size_t i = 0; data && i < length && text[i] != '='; i++) {
		int digit = base64_digit(text[i]);
		if (digit < 0) continue;
		group = group << 6 | digit;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			data[size++] = group >> bits;
		}
	}
	JS_FreeCString(ctx, text);
	JSValue bytes = data ? new_bytes(ctx, data, size) : JS_EXCEPTION;
	js_free(ctx, data);
	return bytes;
}

static const struct native table[] = {
	{ "decode", text_decode, 4 }, { "encode", text_encode, 1 }, { "decodeUnits", text_decode_units, 4 },
	{ "encodeUnits", text_encode_units, 2 }, { "toHex", text_to_hex, 3 }, { "fromHex", text_from_hex, 1 },
	{ "toBase64", text_to_base64, 4 }, { "fromBase64", text_from_base64, 1 },
};

void text_natives(JSContext *ctx, JSValueConst object)
{
	natives_add(ctx, object, table, COUNT(table));
}
