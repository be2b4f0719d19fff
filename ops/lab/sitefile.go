package lab

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"pchatops/ops/lab/world"
)

// siteFile is the site file as the documentation of the console describes it,
// written by hand here: the lab shares no code with what reads it.
type siteFile struct {
	Version         int                       `yaml:"version"`
	Identity        string                    `yaml:"identity"`
	Name            string                    `yaml:"name"`
	Danger          string                    `yaml:"danger"`
	Product         string                    `yaml:"product"`
	Pool            string                    `yaml:"pool"`
	Database        string                    `yaml:"database"`
	BackupShare     string                    `yaml:"backup_share"`
	BackupDirectory string                    `yaml:"backup_directory,omitempty"`
	CopyFolder      string                    `yaml:"copy_folder"`
	Credentials     map[string]siteCredential `yaml:"credentials"`
	Instances       []siteInstance            `yaml:"instances"`
	Hosts           []siteHost                `yaml:"hosts"`
	ChatServers     []siteChatServer          `yaml:"chat_servers"`
	Intervals       map[string]string         `yaml:"intervals"`
	Thresholds      map[string]string         `yaml:"thresholds"`
	LogShipping     map[string]string         `yaml:"log_shipping,omitempty"`
}

type siteCredential struct {
	Login    string            `yaml:"login"`
	User     string            `yaml:"user"`
	Password map[string]string `yaml:"password"`
}

type siteTrust struct {
	CAFile string `yaml:"ca_file,omitempty"`
}

type siteInstance struct {
	Role       string    `yaml:"role"`
	Host       string    `yaml:"host"`
	Instance   string    `yaml:"instance"`
	Port       int       `yaml:"port"`
	Label      string    `yaml:"label"`
	FQDN       string    `yaml:"fqdn"`
	DataCentre string    `yaml:"data_centre"`
	Encrypt    string    `yaml:"encrypt"`
	Trust      siteTrust `yaml:"trust"`
	Credential string    `yaml:"credential"`
}

type siteHost struct {
	Role       string    `yaml:"role"`
	Name       string    `yaml:"name"`
	Host       string    `yaml:"host"`
	Port       int       `yaml:"port"`
	DataCentre string    `yaml:"data_centre"`
	Scheme     string    `yaml:"scheme"`
	Auth       string    `yaml:"auth"`
	Trust      siteTrust `yaml:"trust"`
	Credential string    `yaml:"credential"`
	RunAs      string    `yaml:"run_as"`
}

type siteChatServer struct {
	FQDN       string `yaml:"fqdn"`
	DataCentre string `yaml:"data_centre"`
}

// The files that the lab leaves for other programs in its folder.
const (
	siteName    = "site.yaml"
	secretsName = "secrets.yaml"
	caName      = "ca.pem"
	tokenName   = "control-token" // of the control port
)

// writeFiles leaves the site file, its secrets (mode 0600) and the authority's
// certificate in the lab's folder.
func (l *Lab) writeFiles() error {
	s := siteFile{
		Version: 1, Identity: l.identity(), Name: "litware-lab", Danger: "lab", Product: l.world.Config().Product,
		Pool: world.PoolFQDN, Database: world.Database, BackupShare: world.Share, CopyFolder: world.Folder,
		Credentials: map[string]siteCredential{},
		Intervals:   map[string]string{"poll": "2s", "answer": "5s", "connect": "3s", "stale": "15s", "shell": "10s"},
		Thresholds:  map[string]string{"backup": "60m", "copy": "45m", "restore": "45m"},
	}
	secrets := map[string]string{}
	l.siteInstances(&s, secrets)
	l.siteHosts(&s, secrets)
	if m := l.world.Instance(world.Monitor); m != nil {
		s.LogShipping = map[string]string{"monitor": m.Name()}
	}
	for _, c := range world.ChatServers() {
		s.ChatServers = append(s.ChatServers, siteChatServer(c))
	}
	if err := l.writeYAML(siteName, s); err != nil {
		return err
	}
	if err := l.writeYAML(secretsName, secrets); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(l.dir, caName), l.authority.PEM(), 0o600)
}

// identity is of this lab and no other: what became of one says nothing of the
// next, however much they look alike.
func (l *Lab) identity() string { return "lab-" + strings.ToLower(rand.Text()) }

func (l *Lab) siteInstances(s *siteFile, secrets map[string]string) {
	for _, d := range l.description.Instances {
		in := l.world.Instance(d.Name)
		key := "sa-" + in.Host()
		secrets[key] = d.Password
		s.Credentials[key] = siteCredential{Login: "sql", User: d.User, Password: secretRef(key)}
		s.Instances = append(s.Instances, siteInstance{
			Role: d.Role, Host: d.Host, Instance: strings.Split(d.Name, `\`)[1], Port: d.Port, Label: d.Name, FQDN: in.FQDN(), DataCentre: in.DataCentre(),
			Encrypt: "login", Trust: siteTrust{CAFile: caName}, Credential: key,
		})
	}
}

func (l *Lab) siteHosts(s *siteFile, secrets map[string]string) {
	for _, d := range l.description.Hosts {
		key := "ops"
		secrets[key] = d.Password
		s.Credentials[key] = siteCredential{Login: "ntlm", User: d.User, Password: secretRef(key)}
		s.Hosts = append(s.Hosts, siteHost{
			Role: d.Role, Name: d.Name, Host: d.Host, Port: d.Port, DataCentre: d.dataCentre,
			Scheme: d.Scheme, Auth: "ntlm", Trust: siteTrust{CAFile: caName}, Credential: key, RunAs: key,
		})
	}
}

func secretRef(key string) map[string]string {
	return map[string]string{"file": secretsName, "key": key}
}

func (l *Lab) writeYAML(name string, v any) error {
	b, err := yaml.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return writeSecret(filepath.Join(l.dir, name), b)
}
