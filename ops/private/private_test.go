//go:build unix

package private

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// stranger is an account that is neither this one nor root's.
const stranger = 54321

// odd are things that may stand where a file of this program is expected.
var odd = map[string]struct {
	make func(t *testing.T, path string)
	says string
}{
	"a link to a file of ours": {func(t *testing.T, path string) {
		require.NoError(t, os.WriteFile(path+".real", nil, 0o600))
		require.NoError(t, os.Symlink(path+".real", path))
	}, "symbolic link"},
	"a link to nothing": {func(t *testing.T, path string) { require.NoError(t, os.Symlink(path+".nothing", path)) }, "symbolic link"},
	"a link to itself":  {func(t *testing.T, path string) { require.NoError(t, os.Symlink(path, path)) }, "symbolic link"},
	"a pipe":            {func(t *testing.T, path string) { require.NoError(t, syscall.Mkfifo(path, 0o600)) }, "not a regular file"},
	"a folder":          {func(t *testing.T, path string) { require.NoError(t, os.Mkdir(path, 0o700)) }, "not a regular file"},
	"a file that all may write": {func(t *testing.T, path string) {
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		require.NoError(t, os.Chmod(path, 0o602))
	}, "mode 0602"},
	"a file that a group may write": {func(t *testing.T, path string) {
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		require.NoError(t, os.Chmod(path, 0o660))
	}, "mode 0660"},
	"a file of another account": {func(t *testing.T, path string) {
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		disown(t, path)
	}, "another account"},
}

func disown(t *testing.T, path string) {
	t.Helper()
	if os.Geteuid() != root {
		t.Skip("only root gives files away")
	}
	require.NoError(t, os.Chown(path, stranger, stranger))
}

// strangersLink makes a link of another account in a folder as /tmp is.
func strangersLink(t *testing.T, to string) string {
	t.Helper()
	if os.Geteuid() != root {
		t.Skip("only root gives files away")
	}
	folder := t.TempDir()
	link := filepath.Join(folder, "link")
	require.NoError(t, os.Symlink(to, link))
	require.NoError(t, os.Lchown(link, stranger, stranger))
	require.NoError(t, os.Chmod(folder, 0o777|os.ModeSticky))
	return link
}

func TestWhatIsNotOursAloneIsNeitherReadNorWritten(t *testing.T) {
	for name, c := range odd {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.jsonl")
			c.make(t, path)
			for _, flag := range []int{os.O_RDONLY, os.O_RDWR | os.O_APPEND} {
				_, err := Open(path, flag)
				require.ErrorContains(t, err, c.says)
			}
			require.ErrorContains(t, Check(path), c.says)
			require.Error(t, Write(path, []byte("x")), "nothing that is there is written over")
			_, err := os.Stat(path + ".nothing")
			require.ErrorIs(t, err, os.ErrNotExist, "a link to nothing makes nothing")
		})
	}
}

func TestWhatIsOursIsReadAndWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "note.txt")
	require.ErrorIs(t, Check(path), os.ErrNotExist)
	require.NoError(t, Write(path, []byte("x")))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	f, err := Open(path, os.O_RDONLY)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.ErrorIs(t, Write(path, []byte("y")), os.ErrExist)
}

func TestAFolderIsOursAndStaysInItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		says string // "": it is taken
	}{
		"none yet":    {func(*testing.T, string) {}, ""},
		"one of ours": {func(t *testing.T, p string) { require.NoError(t, os.Mkdir(p, 0o755)) }, ""},
		"a link": {func(t *testing.T, p string) {
			require.NoError(t, os.Mkdir(p+".real", 0o700))
			require.NoError(t, os.Symlink(p+".real", p))
		}, "symbolic link"},
		"a link to nothing": {func(t *testing.T, p string) { require.NoError(t, os.Symlink(p+".nothing", p)) }, "symbolic link"},
		"all may write": {func(t *testing.T, p string) {
			require.NoError(t, os.Mkdir(p, 0o700))
			require.NoError(t, os.Chmod(p, 0o777))
		}, "mode 0777"},
		"a group may write": {func(t *testing.T, p string) {
			require.NoError(t, os.Mkdir(p, 0o700))
			require.NoError(t, os.Chmod(p, 0o770))
		}, "mode 0770"},
		"another account's": {func(t *testing.T, p string) { require.NoError(t, os.Mkdir(p, 0o700)); disown(t, p) }, "another account"},
		"a file":            {func(t *testing.T, p string) { require.NoError(t, os.WriteFile(p, nil, 0o600)) }, "not a"},
		"all may exchange it": {func(t *testing.T, p string) {
			require.NoError(t, os.Mkdir(p, 0o700))
			require.NoError(t, os.Chmod(filepath.Dir(p), 0o777))
		}, "mode 0777"},
		"in a folder as /tmp is": {func(t *testing.T, p string) {
			require.NoError(t, os.Mkdir(p, 0o700))
			require.NoError(t, os.Chmod(filepath.Dir(p), 0o777|os.ModeSticky))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state")
			c.make(t, path)
			err := Folder(path)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}

// Whoever owns a link on the way to a folder chooses which one it is.
func TestAFolderIsNotFoundByALinkOfAnotherAccount(t *testing.T) {
	real := t.TempDir()
	link := strangersLink(t, real)
	for _, folder := range []string{filepath.Join(link, "state"), filepath.Join(link, "new", "state")} {
		require.ErrorContains(t, Folder(folder), "symbolic link of another account")
	}
	mine := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(real, mine))
	require.NoError(t, Folder(filepath.Join(mine, "own")), "a link of one's own leads where one wants")
}

// A file that somebody writes for the program may be a link and may be root's,
// but it must not be for others to change.
func TestASiteFileIsNotForOthersToChange(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, path string) string // gives the path to read
		says   string
	}{
		"as it should be":     {func(_ *testing.T, p string) string { return p }, ""},
		"all may read it":     {func(t *testing.T, p string) string { require.NoError(t, os.Chmod(p, 0o644)); return p }, ""},
		"all may write it":    {func(t *testing.T, p string) string { require.NoError(t, os.Chmod(p, 0o666)); return p }, "mode 0666"},
		"a group may":         {func(t *testing.T, p string) string { require.NoError(t, os.Chmod(p, 0o664)); return p }, "mode 0664"},
		"of another account":  {func(t *testing.T, p string) string { disown(t, p); return p }, "another account"},
		"all may exchange it": {func(t *testing.T, p string) string { require.NoError(t, os.Chmod(filepath.Dir(p), 0o777)); return p }, "mode 0777"},
		"a link to it": {func(t *testing.T, p string) string {
			link := filepath.Join(t.TempDir(), "site.yaml")
			require.NoError(t, os.Symlink(p, link))
			return link
		}, ""},
		"a link that all may exchange": {func(t *testing.T, p string) string {
			link := filepath.Join(t.TempDir(), "site.yaml")
			require.NoError(t, os.Symlink(p, link))
			require.NoError(t, os.Chmod(filepath.Dir(link), 0o777))
			return link
		}, "mode 0777"},
		"a link of somebody else, in a folder as /tmp is": {func(t *testing.T, p string) string {
			return strangersLink(t, p)
		}, "symbolic link of another account"},
		"a link to a link of somebody else": {func(t *testing.T, p string) string {
			link := filepath.Join(t.TempDir(), "site.yaml")
			require.NoError(t, os.Symlink(strangersLink(t, p), link))
			return link
		}, "symbolic link of another account"},
		"by a folder that is a link of somebody else": {func(t *testing.T, p string) string {
			return filepath.Join(strangersLink(t, filepath.Dir(p)), filepath.Base(p))
		}, "symbolic link of another account"},
		"a link to a link that all may exchange": {func(t *testing.T, p string) string {
			middle, link := filepath.Join(t.TempDir(), "site.yaml"), filepath.Join(t.TempDir(), "site.yaml")
			require.NoError(t, os.Symlink(p, middle))
			require.NoError(t, os.Symlink(middle, link))
			require.NoError(t, os.Chmod(filepath.Dir(middle), 0o777))
			return link
		}, "mode 0777"},
		"by a folder that is a link of ours": {func(t *testing.T, p string) string {
			link := filepath.Join(t.TempDir(), "folder")
			require.NoError(t, os.Symlink(filepath.Dir(p), link))
			return filepath.Join(link, filepath.Base(p))
		}, ""},
		"a link to what all may write": {func(t *testing.T, p string) string {
			require.NoError(t, os.Chmod(p, 0o666))
			link := filepath.Join(t.TempDir(), "site.yaml")
			require.NoError(t, os.Symlink(p, link))
			return link
		}, "mode 0666"},
		"a pipe": {func(t *testing.T, p string) string {
			require.NoError(t, syscall.Mkfifo(p+".pipe", 0o600))
			return p + ".pipe"
		}, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "site.yaml")
			require.NoError(t, os.WriteFile(path, []byte("name: x"), 0o600))
			f, err := Read(c.change(t, path))
			if c.says == "" {
				require.NoError(t, err)
				require.NoError(t, f.Close())
				return
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}

// What is in a folder already is written through, so it is looked at as well.
func TestATreeHoldsNothingThatLeadsElsewhereOrThatOthersMayWrite(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, folder string)
		says string
	}{
		"none yet":      {func(*testing.T, string) {}, ""},
		"files of ours": {func(t *testing.T, p string) { require.NoError(t, os.MkdirAll(filepath.Join(p, "a"), 0o755)) }, ""},
		"a link to a folder": {func(t *testing.T, p string) {
			require.NoError(t, os.MkdirAll(p, 0o700))
			require.NoError(t, os.Symlink(t.TempDir(), filepath.Join(p, "share")))
		}, "symbolic link"},
		"a link below": {func(t *testing.T, p string) {
			require.NoError(t, os.MkdirAll(filepath.Join(p, "a"), 0o700))
			require.NoError(t, os.Symlink(filepath.Join(t.TempDir(), "none"), filepath.Join(p, "a", "site.yaml")))
		}, "symbolic link"},
		"a folder that all may write": {func(t *testing.T, p string) {
			require.NoError(t, os.MkdirAll(filepath.Join(p, "a"), 0o700))
			require.NoError(t, os.Chmod(filepath.Join(p, "a"), 0o777))
		}, "mode 0777"},
		"itself": {func(t *testing.T, p string) {
			require.NoError(t, os.Mkdir(p, 0o700))
			require.NoError(t, os.Chmod(p, 0o777))
		}, "mode 0777"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "lab")
			c.make(t, path)
			err := Tree(path)
			if c.says != "" {
				require.ErrorContains(t, err, c.says)
				return
			}
			require.NoError(t, err)
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.Zero(t, info.Mode().Perm()&othersWrite)
		})
	}
}
