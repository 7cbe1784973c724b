rm -rf /tmp/gh
export GIT_AUTHOR_DATE="2024-01-02T03:04:05Z" GIT_COMMITTER_DATE="2024-01-02T03:04:05Z" TZ=UTC HOME=/tmp/gh LC_ALL=C GIT_PAGER=cat
mkdir -p /tmp/gh; cd /tmp/gh
git config --global user.name T; git config --global user.email t@e; git config --global init.defaultBranch main
mkdir r; cd r; git init -q; echo "== init $?"
printf 'a\nb\nc\n' >f; mkdir d; echo x >d/g; git add .; git commit -qm one; echo "== commit $?"
printf 'a\nB\nc\n' >f; git diff; git status -s; git commit -qam two
git log --format='%H %an %s %ad' --date=iso
git checkout -q -b br HEAD~1; echo y >d/h; git add d; git commit -qm three
git checkout -q main; git merge -q br -m mrg; echo "== merge $?"
git log --graph --oneline; git branch -a; git show --stat HEAD^2
git checkout -q -b c1; printf 'a\nC1\nc\n' >f; git commit -qam c1
git checkout -q main; printf 'a\nM1\nc\n' >f; git commit -qam m1; git merge c1; echo "== conflict $?"; cat f; git diff; git merge --abort; echo "== abort $?"
git rebase c1 >/dev/null 2>&1; echo "== rebase-conflict $?"; git status -s; git rebase --abort; echo "== rabort $?"
git stash list; echo z >>f; git stash -q; git stash pop -q; git checkout -q f
git tag -a v1 -m v1; git describe; git rev-parse v1 HEAD:d
git gc -q; echo "== gc $?"; git fsck; echo "== fsck $?"
cd ..; git clone -q r r2; echo "== clone $?"; cd r2; git log --oneline | head -3; git ls-files -s; cd ..
git clone -q --no-local r r3; echo "== clone-nolocal $?"; cd r3; git log --oneline | wc -l; echo n >new; git add new; git commit -qm new; git push -q origin HEAD:refs/heads/pushed; echo "== push $?"; cd ..
git -C r branch; git -C r2 fetch -q; echo "== fetch $?"; git -C r2 branch -r
cd r; git grep -n -P '^[a-z](?=$)' ; git blame -s f; git cherry-pick pushed >/dev/null; echo "== pick $?"; git reset -q --hard HEAD~1; git archive HEAD | tar tf -; git format-patch -1 --stdout | head -8; git worktree add -q ../wt br; echo "== wt $?"; git bisect start HEAD HEAD~1 >/dev/null; echo "== bisect $?"; git bisect reset -q; git shortlog -sn HEAD; git submodule 2>&1 | head -2; printf '#!/bin/sh\necho hook ran\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; git commit --allow-empty -m hook 2>&1 | head -1; git -c alias.zz='!echo alias' zz
