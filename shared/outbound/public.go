package outbound

import "net/netip"

// global is what of IPv6 is handed out at all (RFC 4291 §2.4, IANA); with it go all other forms of IPv4 addresses in IPv6: mapped,
// compatible, translated (64:ff9b::/96, 64:ff9b:1::/48), and local, link-local and multicast addresses.
var global = netip.MustParsePrefix("2000::/3")

// special are what lies among public addresses without being public: the registries of special purposes (RFC 6890) of IPv4 and IPv6.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
	"192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
	"240.0.0.0/4",
	"2001::/23", // Teredo, ORCHID, benchmarks and the like
	"2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48", "5f00::/16",
)

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

// Public tells whether an address may be reached.
func Public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" || a.Is6() && !global.Contains(a) {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
