/* Arguments in, answers out: what every group of natives needs. */
#include "runner.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void natives_add(JSContext *ctx, JSValueConst object, const struct native *table, int count)
{
	for (int i = 0; i < count; i++)
		JS_SetPropertyStr(ctx, object, table[i].name,
			JS_NewCFunction(ctx, table[i].function, table[i].name, table[i].arguments));
}

JSValue answer(JSContext *ctx, int64_t result)
{
	return JS_NewInt64(ctx, result < 0 ? -(int64_t)errno : result);
}

int int_argument(JSContext *ctx, JSValueConst value, int fallback)
{
	int32_t result;
	if (!JS_IsNumber(value) || JS_ToInt32(ctx, &result, value)) return fallback;
	return result;
}

uint8_t *bytes_argument(JSContext *ctx, JSValueConst value, size_t *length)
{
	if (JS_IsArrayBuffer(value)) return JS_GetArrayBuffer(ctx, length, value);
	if (JS_IsDataView(value) || JS_GetTypedArrayType(value) < 0) {
		JS_ThrowTypeError(ctx, "not a Uint8Array");
		return NULL;
	}
	size_t offset, size, whole;
	JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, &size, NULL);
	if (JS_IsException(buffer)) return NULL;
	static uint8_t none[1];
	uint8_t *data = JS_GetArrayBuffer(ctx, &whole, buffer);
	JS_FreeValue(ctx, buffer);
	*length = size;
	if (!data) {
		if (size) return NULL;
		JS_FreeValue(ctx, JS_GetException(ctx));
		return none;
	}
	return data + offset;
}

void clamp_range(JSContext *ctx, JSValueConst start, JSValueConst length, size_t size, size_t *from, size_t *count)
{
	double low = 0, many = size;
	if (JS_IsNumber(start)) JS_ToFloat64(ctx, &low, start);
	if (!(low >= 0)) low = 0;
	if (low > size) low = size;
	if (JS_IsNumber(length)) JS_ToFloat64(ctx, &many, length);
	if (!(many >= 0)) many = 0;
	if (many > size - low) many = size - low;
	*from = low;
	*count = many;
}

/* The file and a zero byte after it, to be freed with js_free. NULL with errno set. */
char *read_whole_file(JSContext *ctx, const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return NULL;
	struct stat st;
	size_t room = fstat(fd, &st) || st.st_size <= 0 ? 65536 : (size_t)st.st_size + 1, size = 0;
	char *text = js_malloc(ctx, room + 1);
	while (text) {
		ssize_t got = read(fd, text + size, room - size);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) {
			int error = errno;
			js_free(ctx, text);
			close(fd);
			errno = error;
			return NULL;
		}
		if (!got) break;
		size += got;
		if (size == room) {
			room *= 2;
			char *larger = js_realloc(ctx, text, room + 1);
			if (!larger) js_free(ctx, text);
			text = larger;
		}
	}
	close(fd);
	if (!text) {
		errno = ENOMEM;
		return NULL;
	}
	text[size] = 0;
	*length = size;
	return text;
}
