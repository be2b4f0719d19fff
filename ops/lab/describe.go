package lab

// Description is what `pchatops lab --json` prints: where everything listens.
type Description struct {
	Type      string             `json:"type"` // "lab"
	Config    string             `json:"config"`
	Share     string             `json:"share"`
	Control   string             `json:"control"`
	Instances []InstanceEndpoint `json:"instances"`
	Hosts     []HostEndpoint     `json:"hosts"`
}

// InstanceEndpoint is one SQL Server instance.
type InstanceEndpoint struct {
	Role     string `json:"role"`
	Name     string `json:"name"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// HostEndpoint is one WinRM service.
type HostEndpoint struct {
	Role     string `json:"role"`
	Name     string `json:"name"`
	Scheme   string `json:"scheme"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
	User     string `json:"user"`
	Password string `json:"password"`

	dataCentre string
}
