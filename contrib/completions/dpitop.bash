# SPDX-License-Identifier: GPL-3.0-or-later
# Made by contrib/completions/generate of the option table.
_dpitop()
{
	local cur prev words cword split
	_init_completion -s || return
	case $prev in
	--interface|-i) COMPREPLY=($(compgen -W "any $(command ls /sys/class/net)" -- "$cur")); return ;;
	--read|-r) _filedir; return ;;
	--collect|-c) COMPREPLY=(); return ;;
	--exporters) COMPREPLY=(); return ;;
	--snaplen|-s) COMPREPLY=(); return ;;
	--buffer) COMPREPLY=(); return ;;
	--ring) COMPREPLY=(); return ;;
	--speed) COMPREPLY=(); return ;;
	--local|-m) COMPREPLY=(); return ;;
	--prefix) COMPREPLY=(); return ;;
	--geoip) _filedir; return ;;
	--here) COMPREPLY=(); return ;;
	--categories) _filedir -d; return ;;
	--alert) COMPREPLY=(); return ;;
	--max-flows) COMPREPLY=(); return ;;
	--max-hosts) COMPREPLY=(); return ;;
	--engines) COMPREPLY=(); return ;;
	--view) COMPREPLY=($(compgen -W "overview hosts flows applications matrix geo sites alerts sources categories breeds protocols versions ethertypes ports states flags subnets countries cities as" -- "$cur")); return ;;
	--sort) COMPREPLY=(); return ;;
	--filter) COMPREPLY=(); return ;;
	--interval) COMPREPLY=(); return ;;
	--unit) COMPREPLY=($(compgen -W "bits bytes packets" -- "$cur")); return ;;
	--theme) COMPREPLY=($(compgen -W "default light high-contrast mono" -- "$cur")); return ;;
	--glyphs) COMPREPLY=($(compgen -W "auto ascii blocks braille" -- "$cur")); return ;;
	--top) COMPREPLY=(); return ;;
	--count|-n) COMPREPLY=(); return ;;
	--export) COMPREPLY=(); return ;;
	--export-active) COMPREPLY=(); return ;;
	--data) _filedir -d; return ;;
	--history-size) COMPREPLY=(); return ;;
	--report) COMPREPLY=($(compgen -W "day yesterday week month year" -- "$cur")); return ;;
	--replay) COMPREPLY=(); return ;;
	--from) COMPREPLY=(); return ;;
	--to) COMPREPLY=(); return ;;
	--rrdcached) COMPREPLY=(); return ;;
	--user) COMPREPLY=(); return ;;
	--config) _filedir; return ;;
	--sandbox) COMPREPLY=(); return ;;
	esac
	$split && return
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "--interface= --read= --collect= --exporters= --decode-exports --snaplen= --no-promiscuous --buffer= --ring= --speed= --list-interfaces --local= --prefix= --vlan-aware --no-decap --no-dpi --no-names --geoip= --here= --categories= --alert= --max-flows= --max-hosts= --engines= --view= --sort= --filter= --interval= --unit= --log-scale --theme= --glyphs= --ascii --no-mouse --json --batch --csv --total --top= --count= --daemon --attach --export= --export-active= --data= --no-history --history-size= --report= --replay= --from= --to= --rrdcached= --user= --config= --no-config --sandbox= --no-sandbox --sandbox-status --list-actions --version --help -i -r -c -s -p -L -m -N -n -V -h" -- "$cur"))
		[[ ${COMPREPLY-} == *= ]] && compopt -o nospace
	fi
}
complete -F _dpitop dpitop
