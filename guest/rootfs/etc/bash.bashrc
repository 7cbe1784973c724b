# For interactive shells.
[ -n "${PS1-}" ] || return
shopt -s checkwinsize
case ${TERM-} in
*color*|xterm*|screen*|tmux*|linux)
	PS1='\[\e[1;32m\]\u@\h\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
	alias ls='ls --color=auto' grep='grep --color=auto'
	;;
*)
	PS1='\u@\h:\w\$ '
	;;
esac
alias ll='ls -l' la='ls -A'
