package tds

import "pchatops/ops/lab/tsql"

// Rows sends a result set.
func (r *reply) Rows(rows *tsql.Rows) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.encoder()
	columns := make([]tsql.Column, len(rows.Columns))
	e.u8(tokenMetadata)
	e.u16(uint16(len(columns)))
	for i, c := range rows.Columns {
		columns[i] = fitting(c, func(yield func(any) bool) {
			for _, row := range rows.Values {
				if i < len(row) && !yield(row[i]) {
					return
				}
			}
		})
		e.userType()
		e.u16(nullable)
		e.typeInfo(columns[i])
		e.shortText(c.Name)
	}
	r.write(e)
	for _, row := range rows.Values {
		e.b = append(e.b[:0], tokenRow)
		for i, c := range columns {
			var v any
			if i < len(row) {
				v = row[i]
			}
			e.value(c, v)
		}
		_, _ = r.w.Write(e.b)
	}
}

// nullable and of unknown updatability are the flags of every column.
const nullable = 0x0009

func (e *encoder) userType() {
	if e.protocol >= tds72 {
		e.u32(0)
	} else {
		e.u16(0)
	}
}
