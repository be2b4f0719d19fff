package site

import _ "embed"

//go:embed site.schema.json
var schema []byte

// Schema gives the JSON schema of the site file, for editors and other tools.
// It knows everything about the file but the contradictions between its parts.
func Schema() []byte { return append([]byte(nil), schema...) }
