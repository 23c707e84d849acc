#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# http - only src/api serves HTTP; only src/client and src/stamp ask by it
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046
set -- $("$here/files" 'src/*.[ch]' 'pkcs11/*.[ch]' 'include/*.h' |
	grep -v -e '^src/api/' -e '^src/client/' -e '^src/stamp/')

grep -nE '#[[:blank:]]*include[[:blank:]]*<(microhttpd\.h|evhttp\.h|event2/http[a-z_]*\.h|curl/)' \
	/dev/null "$@" |
	sed -E 's/^([^:]*:[0-9]+:).*/\1 HTTP belongs to src\/api, src\/client and src\/stamp/' || :
