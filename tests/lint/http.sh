#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# http - only src/api serves HTTP and only src/client asks by it
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046
set -- $("$here/files" 'src/*.[ch]' 'pkcs11/*.[ch]' 'include/*.h' |
	grep -v -e '^src/api/' -e '^src/client/')

grep -nE '#[[:blank:]]*include[[:blank:]]*<(microhttpd\.h|evhttp\.h|event2/http[a-z_]*\.h|curl/)' \
	/dev/null "$@" |
	sed -E 's/^([^:]*:[0-9]+:).*/\1 HTTP belongs to src\/api and src\/client/' || :
