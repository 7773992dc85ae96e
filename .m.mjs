import { UnionFs, Layer } from './dist/index.js';
import { createFsFromVolume, Volume } from 'memfs';
import nodeFs from 'node:fs';
const med=a=>a.sort((x,y)=>x-y)[a.length>>1];
const content=Buffer.alloc(4096,65);
const u0=UnionFs.over([]); u0.fs.mkdirSync('/etc/some',{recursive:true}); u0.fs.writeFileSync('/etc/some/f',content);
const layer=await u0.toLayer();
const ours=()=>UnionFs.over([layer]).fs;
const mem=()=>{const fs=createFsFromVolume(new Volume()); fs.mkdirSync('/etc/some',{recursive:true}); fs.writeFileSync('/etc/some/f',content); return fs;};
nodeFs.mkdirSync('/tmp/mm/etc/some',{recursive:true}); nodeFs.writeFileSync('/tmp/mm/etc/some/f',content);
const subj={stratum:[ours(),''],memfs:[mem(),''],node:[nodeFs,'/tmp/mm']};
const per=async(name,n,f)=>{const r={};for(const k in subj)r[k]=[];for(let i=0;i<7;i++)for(const k in subj){const [fs,root]=subj[k];const t=process.hrtime.bigint();const p=f(fs,root,n);if(p)await p;r[k].push(Number(process.hrtime.bigint()-t)/n);}
 const m=Object.fromEntries(Object.keys(r).map(k=>[k,med(r[k])])); console.log(name.padEnd(26),Object.entries(m).map(([k,v])=>`${k} ${v.toFixed(0)}ns`).join('  '),'| vs memfs',(m.memfs/m.stratum).toFixed(2),'vs node',(m.node/m.stratum).toFixed(2));};
await per('readFile 4k',20000,(fs,r,n)=>{const p=r+'/etc/some/f';for(let i=0;i<n;i++)fs.readFileSync(p);});
await per('readFile 4k utf8',20000,(fs,r,n)=>{const p=r+'/etc/some/f';for(let i=0;i<n;i++)fs.readFileSync(p,'utf8');});
await per('throwing stat miss',20000,(fs,r,n)=>{const p=r+'/etc/some/nope';for(let i=0;i<n;i++)try{fs.statSync(p)}catch(e){if(!e.stack)throw 1}});
await per('throwing readFile miss',20000,(fs,r,n)=>{const p=r+'/etc/some/nope';for(let i=0;i<n;i++)try{fs.readFileSync(p)}catch(e){if(!e.stack)throw 1}});
await per('throwing miss nostack',20000,(fs,r,n)=>{const p=r+'/etc/some/nope';for(let i=0;i<n;i++)try{fs.statSync(p)}catch(e){}});
await per('open close',20000,(fs,r,n)=>{const p=r+'/etc/some/f';for(let i=0;i<n;i++){fs.closeSync(fs.openSync(p,'r'));}});
const buf=Buffer.alloc(4096);
await per('open read close',20000,(fs,r,n)=>{const p=r+'/etc/some/f';for(let i=0;i<n;i++){const fd=fs.openSync(p,'r');fs.readSync(fd,buf,0,4096,0);fs.closeSync(fd);}});
await per('p.stat',5000,async(fs,r,n)=>{const p=r+'/etc/some/f';for(let i=0;i<n;i++)await fs.promises.stat(p)});
await per('p.readFile',5000,async(fs,r,n)=>{const p=r+'/etc/some/f';for(let i=0;i<n;i++)await fs.promises.readFile(p)});
await per('p.writeFile',5000,async(fs,r,n)=>{const p=r+'/etc/some/w';for(let i=0;i<n;i++)await fs.promises.writeFile(p,content)});
await per('p.open/close',5000,async(fs,r,n)=>{const p=r+'/etc/some/f';for(let i=0;i<n;i++)await (await fs.promises.open(p)).close()});
await per('p.readdir',5000,async(fs,r,n)=>{const p=r+'/etc/some';for(let i=0;i<n;i++)await fs.promises.readdir(p)});
await per('writeFile same 4k',5000,(fs,r,n)=>{const p=r+'/etc/some/w';for(let i=0;i<n;i++)fs.writeFileSync(p,content)});
const small=Buffer.alloc(100,66);
for(const N of [10000]){const r={};for(const k of ['stratum','memfs'])r[k]=[];for(let i=0;i<9;i++)for(const k of ['stratum','memfs']){const fs=k==='stratum'?ours():mem();const t=performance.now();for(let i=0;i<100;i++)fs.mkdirSync('/made/'+i,{recursive:true});for(let i=0;i<N;i++)fs.writeFileSync(`/made/${i%100}/file-${i}`,small);r[k].push(performance.now()-t);}
 console.log('create',N,'stratum',(med(r.stratum)/N*1e6).toFixed(0),'memfs',(med(r.memfs)/N*1e6).toFixed(0),(med(r.memfs)/med(r.stratum)).toFixed(2));}
const app=(fs,N)=>{const t=performance.now();for(let i=0;i<N;i++)fs.appendFileSync('/etc/some/log',small);return performance.now()-t};
for(const k of ['stratum','memfs'])console.log('append',k,[10000,50000,100000].map(N=>app(k==='stratum'?ours():mem(),N).toFixed(0)));
