package themes

import (
	"embed"
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed *.yaml
var files embed.FS

var hexForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Names lists the built-in themes.
func Names() []string {
	found, _ := fs.Glob(files, "*.yaml")
	for i := range found {
		found[i] = strings.TrimSuffix(found[i], ".yaml")
	}
	return found
}

// Load gives a built-in theme by name.
func Load(name string) (Theme, error) {
	data, err := files.ReadFile(name + ".yaml")
	if err != nil {
		return Theme{}, fmt.Errorf("theme %q: there is no such theme; choose one of %s", name, strings.Join(Names(), ", "))
	}
	return Parse(data)
}

// Parse reads a theme file. A token that is missing, unknown or no colour is
// an error that names it.
func Parse(data []byte) (Theme, error) {
	var t Theme
	if err := yaml.Load(data, &t, yaml.WithKnownFields()); err != nil {
		return Theme{}, fmt.Errorf("theme: %w", err)
	}
	if t.Name == "" {
		return Theme{}, fmt.Errorf("theme: it has no name")
	}
	if t.Kind != "dark" && t.Kind != "light" {
		return Theme{}, fmt.Errorf("theme %s: kind is %q, expected dark or light", t.Name, t.Kind)
	}
	if len(t.Backgrounds) == 0 {
		return Theme{}, fmt.Errorf("theme %s: it names no terminal background that it is made for", t.Name)
	}
	for _, b := range t.Backgrounds {
		if !hexForm.MatchString(string(b)) {
			return Theme{}, fmt.Errorf("theme %s: background %q is no colour of the form #rrggbb", t.Name, b)
		}
	}
	return t, t.checkTokens()
}

func (t Theme) checkTokens() error {
	tokens := reflect.ValueOf(t.Tokens)
	for i := range tokens.NumField() {
		value := tokens.Field(i).String()
		if !hexForm.MatchString(value) {
			name := tokens.Type().Field(i).Tag.Get("yaml")
			return fmt.Errorf("theme %s: token %s is %q, expected a colour of the form #rrggbb", t.Name, name, value)
		}
	}
	return nil
}
