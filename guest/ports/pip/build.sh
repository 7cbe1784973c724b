library=stage/site-packages
mkdir -p stage/bin $library/pip-$VERSION.dist-info
cp -r src/pip $library/
printf 'Metadata-Version: 2.1\nName: pip\nVersion: %s\n' "$VERSION" >$library/pip-$VERSION.dist-info/METADATA
echo cloche >$library/pip-$VERSION.dist-info/INSTALLER
for name in pip pip3; do printf '#!/bin/python3\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n' >stage/bin/$name; done
chmod +x stage/bin/*
