package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/mssql"
	"pchatops/ops/site"
)

// letterhead is what a script says of itself before it begins.
type letterhead struct {
	procedure, site string
	place           string // "Primary", in the words of SQL Server Management Studio
	server          string // version and edition, where it is a SQL Server that answers
	name            string // as that names itself; "": it is not known
	written         time.Time
}

// places are what SQL Server Management Studio calls the servers in the
// scripts that it writes. The mirror is scripted as the primary that it then is.
var places = map[site.Role]string{site.Primary: "Primary", site.Mirror: "Primary", site.Secondary: "Secondary", site.Monitor: "Monitor"}

// letterheads makes one for each part.
func (g *global) letterheads(ctx context.Context, procedure string, parts []*part) ([]letterhead, error) {
	a, err := g.ask(procedure)
	if err != nil {
		return nil, err
	}
	e := a.reach("reader")
	defer e.close()
	out := make([]letterhead, len(parts))
	for i, p := range parts {
		out[i] = letterhead{procedure: procedure, site: a.site.Name, written: time.Now().UTC()}
		for _, in := range a.site.Instances {
			if p.kind != engine.SQL || in.Address() != p.target {
				continue
			}
			out[i].place, out[i].server = places[in.Role], "not known"
			if f, err := e.sql[in.Role].Facts(ctx); err == nil {
				out[i].server, out[i].name = f.Version+", "+f.Edition, f.ServerName
			}
		}
	}
	return out, nil
}

// ownErrors keeps PowerShell from going on after an error.
const ownErrors = "$ErrorActionPreference = 'Stop'\n"

// over gives the whole text of a part. The checksum is of all lines below it.
func (h letterhead) over(p *part) string {
	c := comment(p.kind)
	body := ownErrors + p.body.String()
	if p.kind == engine.SQL {
		body = mssql.Script(h.name, p.batches)
	}
	if h.place != "" {
		mark := mssql.Remark(fmt.Sprintf("Script to be run at %s: [%s]", h.place, clean(p.target)))
		body = fmt.Sprintf("%s ****** Begin: %s ******\n\n%s\n%s ****** End: %s  ******\n", c, mark, body, c, mark)
	}
	lines := []string{
		fmt.Sprintf("%s of the site %s, for %s", h.procedure, h.site, p.target),
		fmt.Sprintf("written %s by pchatops %s", h.written.Format(time.RFC3339), version),
	}
	if h.server != "" {
		lines = append(lines, "SQL Server "+h.server)
	}
	lines = append(lines, "To be run once each script with a lower number has come to its end without an error; as a whole. It stops at its first error.")
	lines = append(lines, fmt.Sprintf("SHA-256 of all lines below: %x", sha256.Sum256([]byte(body))))
	var b strings.Builder
	for _, l := range lines {
		l = oneLine(clean(l))
		if p.kind == engine.SQL {
			l = mssql.Remark(l)
		}
		b.WriteString(c + " " + l + "\n")
	}
	return b.String() + body
}
