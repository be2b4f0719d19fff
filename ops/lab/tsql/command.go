package tsql

// command is the code by which DONE tells what kind of statement has ended.
// Clients look for those of queries, changes and transactions only; the others
// have 0.
func command(st stmt) uint16 {
	switch st := st.(type) {
	case *selectStmt:
		if st.query.parts[0].into != "" {
			return 0xC2
		}
		return 0xC1
	case *describeStmt:
		return 0xC1
	case *insertStmt:
		return 0xC3
	case *deleteStmt:
		return 0xC4
	case *createStmt:
		return 0xC6
	case *dropStmt:
		if st.database {
			return 0xCC
		}
		return 0xC7
	case *transactionStmt:
		return map[string]uint16{"BEGIN": 0xD4, "COMMIT": 0xD5, "ROLLBACK": 0xD2}[st.what]
	case *execStmt, *execText:
		return 0xE0
	}
	return 0
}
