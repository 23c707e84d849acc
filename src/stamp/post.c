/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post: a query to a time-stamping authority, by HTTP.
 */
#include "stamp/post.h"

#include <curl/curl.h>

#include "base/err.h"

#define POST_OK 200L

static size_t post_answer(char *bytes, size_t size, size_t count, void *arg)
{
	struct buf *answer = arg;

	buf_put(answer, bytes, size * count);
	return buf_error(answer) == 0 ? size * count : 0;
}

static void post_setup(CURL *curl, const char *url, struct slice query,
		       unsigned timeout_ms, struct buf *answer)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "signet/" SIGNET_VERSION);
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, query.ptr);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)query.len);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, post_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
}

static int post_failed(CURLcode code, const char *why, const struct buf *answer,
		       unsigned timeout_ms, struct error *e)
{
	if (buf_error(answer) == ERR_TOO_LARGE)
		return error_set(e, ERR_TIME_STAMP, "the answer has more than"
				 " %zu bytes", answer->max);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return error_set(e, ERR_TIME_STAMP, "no answer within %u ms",
				 timeout_ms);
	return error_set(e, ERR_TIME_STAMP, "the authority cannot be asked:"
			 " %s", why[0] != '\0' ? why :
			 curl_easy_strerror(code));
}

static int post_perform(CURL *curl, const struct buf *answer,
			unsigned timeout_ms, struct error *e)
{
	char why[CURL_ERROR_SIZE] = "";
	long status = 0;
	CURLcode code;

	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	code = curl_easy_perform(curl);
	if (code != CURLE_OK)
		return post_failed(code, why, answer, timeout_ms, e);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != POST_OK)
		return error_set(e, ERR_TIME_STAMP, "the authority answered"
				 " with HTTP status %ld", status);
	return 0;
}

int post_query(const char *url, struct slice query, unsigned timeout_ms,
	       struct buf *answer, struct error *e)
{
	struct curl_slist *head = curl_slist_append(NULL,
		"Content-Type: application/timestamp-query");
	CURL *curl = curl_easy_init();
	int r;

	if (curl == NULL || head == NULL) {
		r = error_set(e, ERR_NO_MEMORY, "libcurl");
	} else {
		post_setup(curl, url, query, timeout_ms, answer);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, head);
		r = post_perform(curl, answer, timeout_ms, e);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(head);
	return r;
}
