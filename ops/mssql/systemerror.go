package mssql

import (
	"regexp"
	"strconv"

	"pchatops/ops/fault"
)

// carriesSystemError lists the errors whose text ends in the error of Windows:
// "Operating system error 5(Access is denied.)".
var carriesSystemError = map[int32]bool{3201: true, 3202: true, 3203: true, 3271: true, 5133: true}

// A language that does without blanks has its letters right before the number.
var numberBeforeParenthesis = regexp.MustCompile(`(?:^|[^A-Za-z\pN_])(\d{1,5}) ?[(（]`)

// systemError finds the Windows error number in any language: it is the last
// number before a parenthesis. File names come earlier in the text.
func systemError(text string) (int, bool) {
	found := numberBeforeParenthesis.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		return 0, false
	}
	n, err := strconv.Atoi(found[len(found)-1][1])
	return n, err == nil
}

// classifySystem gives class and remedy of a Windows error as the service of
// SQL Server met it.
func classifySystem(code int) (fault.Class, string) {
	switch code {
	case 2, 3:
		return fault.NotFound, "the file is not where the server looks; copy it there, or correct the path"
	case 51, 53, 64, 67, 121, 1231:
		return fault.NotFound, "the SQL Server host does not reach the share; use the files in the copy folder, or bring the share back"
	case 5, 1219, 1311, 1326, 1331, 1909:
		return fault.Access, remedy[fault.Access]
	case 32, 33:
		return fault.InUse, "another program holds the file (a copy job, a virus scanner); run the step again when it is done"
	case 39, 112:
		return fault.Disk, remedy[fault.Disk]
	case 23, 38, 1117, 1392:
		return fault.Media, remedy[fault.Media]
	}
	return "", ""
}
